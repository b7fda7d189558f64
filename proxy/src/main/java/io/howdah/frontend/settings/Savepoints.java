package io.howdah.frontend.settings;

import io.howdah.backend.settings.SessionSettings;
import io.howdah.route.fact.SessionEffect;
import java.util.ArrayList;
import java.util.List;

/**
 * What the open transaction has made of the settings and listens to, with what they were at each of
 * its savepoints: the session's, and those that the server session has. The two differ after a
 * RESET, which leads the session back to its start-up value and the server session to its own.
 *
 * <p>Thread: one session's event loop.
 */
public final class Savepoints {
  /** More of them are not kept: a client could fill the memory with them. */
  static final int MOST = 1000;

  /** The settings at one moment; a null {@code Both} stands for those before the transaction. */
  public record Both(SessionSettings session, SessionSettings server) {}

  private record Mark(String name, Both then, int channels) {}

  private Both now;
  private List<Mark> marks = List.of();

  /** LISTEN and UNLISTEN, in order. */
  private List<SessionEffect> channels = List.of();

  /** The settings as the transaction has made them; null when it changed none. */
  public Both now() {
    return now;
  }

  public void change(Both changed) {
    now = changed;
  }

  /** LISTEN or UNLISTEN was run. */
  public void channel(SessionEffect effect) {
    if (channels.isEmpty()) {
      channels = new ArrayList<>(2);
    }
    channels.add(effect);
  }

  /** What LISTEN and UNLISTEN the transaction ran, in order. */
  public List<SessionEffect> channels() {
    return channels;
  }

  /** Whether nothing is kept of any transaction. */
  public boolean isEmpty() {
    return now == null && marks.isEmpty() && channels.isEmpty();
  }

  /** Whether there are any that the transaction can go back to. */
  public boolean areAny() {
    return !marks.isEmpty();
  }

  /** SAVEPOINT; false when there are too many to keep. */
  public boolean mark(String name) {
    if (marks.isEmpty()) {
      marks = new ArrayList<>(2);
    }
    if (marks.size() >= MOST) {
      return false;
    }
    marks.add(new Mark(name, now, channels.size()));
    return true;
  }

  /** ROLLBACK TO; false when the savepoint is not known. */
  public boolean backTo(String name) {
    int at = find(name);
    if (at < 0) {
      return false;
    }
    Mark mark = marks.get(at);
    now = mark.then();
    if (mark.channels() < channels.size()) {
      channels.subList(mark.channels(), channels.size()).clear();
    }
    marks.subList(at + 1, marks.size()).clear();
    return true;
  }

  /** RELEASE: what was set since stays set. */
  public void release(String name) {
    int at = find(name);
    if (at >= 0) {
      marks.subList(at, marks.size()).clear();
    }
  }

  /** The last of that name hides those before it. */
  private int find(String name) {
    int at = marks.size() - 1;
    while (at >= 0 && !marks.get(at).name().equals(name)) {
      at--;
    }
    return at;
  }

  /** The transaction is over. */
  public void clear() {
    now = null;
    channels = List.of();
    if (!marks.isEmpty()) {
      marks = List.of();
    }
  }
}
