package io.howdah.backend;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which {@link Statement}s one server connection holds under their own names, the least recently
 * used first, and which one it holds unnamed. What was sent but not confirmed counts only within
 * the batch it was sent in: an error may yet void it.
 *
 * <p>Thread: the event loop of the connection.
 */
final class PreparedStatements {
  private static final class Held {
    boolean confirmed;
    long batch;
  }

  /** What is known of a statement on this connection. */
  enum Presence {
    ABSENT,
    /** Sent in an earlier batch that may still fail: close it, then prepare it anew. */
    DOUBTFUL,
    PRESENT
  }

  private final LinkedHashMap<Statement, Held> named = new LinkedHashMap<>(16, 0.75f, true);
  private final int capacity;

  private Statement unnamed;
  private boolean unnamedConfirmed;
  private long unnamedBatch;

  PreparedStatements(int capacity) {
    this.capacity = capacity;
  }

  Presence presence(Statement statement, long batch) {
    Held held = named.get(statement);
    if (held == null) {
      return Presence.ABSENT;
    }
    return held.confirmed || held.batch == batch ? Presence.PRESENT : Presence.DOUBTFUL;
  }

  /** Notes that a Parse is being sent. */
  void sent(Statement statement, long batch) {
    Held held = new Held();
    held.batch = batch;
    named.put(statement, held);
  }

  void confirmed(Statement statement) {
    Held held = named.get(statement);
    if (held != null) {
      held.confirmed = true;
    }
  }

  void remove(Statement statement) {
    named.remove(statement);
  }

  /** Puts one back whose Close did not come to pass. */
  void restore(Statement statement) {
    Held held = new Held();
    held.confirmed = true;
    named.putIfAbsent(statement, held);
  }

  /** The one to close before another is added; null while there is room. It is taken out. */
  Statement evict() {
    if (named.size() < capacity) {
      return null;
    }
    for (Map.Entry<Statement, Held> e : named.entrySet()) {
      if (e.getValue().confirmed) {
        Statement oldest = e.getKey();
        named.remove(oldest);
        return oldest;
      }
    }
    return null;
  }

  boolean holdsUnnamed(Statement statement, long batch) {
    return unnamed == statement && (unnamedConfirmed || unnamedBatch == batch);
  }

  void sentUnnamed(Statement statement, long batch) {
    unnamed = statement;
    unnamedConfirmed = false;
    unnamedBatch = batch;
  }

  void confirmedUnnamed(Statement statement) {
    if (unnamed == statement) {
      unnamedConfirmed = true;
    }
  }

  void forgetUnnamed() {
    unnamed = null;
  }

  /** After DEALLOCATE ALL or DISCARD ALL. The unnamed statement stays, as it does on the server. */
  void clear() {
    named.clear();
  }

  int size() {
    return named.size();
  }
}
