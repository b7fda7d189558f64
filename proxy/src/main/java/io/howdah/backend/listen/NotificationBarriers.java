package io.howdah.backend.listen;

import java.util.ArrayList;
import java.util.List;

/**
 * Those who wait until a listening connection has said all that was notified before a moment. A
 * question asked after that moment is the way to find out: PostgreSQL signals the listening
 * backends before it tells a client that its transaction is committed, and a backend says its
 * notifications ahead of its next ReadyForQuery. One question stands for all who came before it was
 * asked.
 *
 * <p>Thread: one.
 */
final class NotificationBarriers {
  private List<Runnable> coming = new ArrayList<>();
  private List<Runnable> asked = List.of();

  /** One more waits. */
  void add(Runnable passed) {
    coming.add(passed);
  }

  /** Whether a question is under way for somebody. */
  boolean areAsked() {
    return !asked.isEmpty();
  }

  /** Whether somebody waits for whom nothing was asked yet. */
  boolean areWanted() {
    return !coming.isEmpty();
  }

  /** The question is sent now, for all who wait. */
  void asking() {
    asked = coming;
    coming = new ArrayList<>();
  }

  /** The question was answered. */
  void passed() {
    List<Runnable> done = asked;
    asked = List.of();
    done.forEach(Runnable::run);
  }

  /** There is nothing to wait for. */
  void giveUp() {
    passed();
    asking();
    passed();
  }
}
