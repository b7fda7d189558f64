package io.howdah.backend;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
    /** The server has it, as far as its answers tell. */
    boolean onServer;

    /** Parses that were sent and not answered. */
    int pending;

    /** The batch of the last of them. */
    long batch;

    boolean isSettled() {
      return onServer && pending == 0;
    }
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
    boolean present = held.isSettled() || (held.pending > 0 && held.batch == batch);
    return present ? Presence.PRESENT : Presence.DOUBTFUL;
  }

  /** Notes that a Parse is being sent. */
  void sent(Statement statement, long batch) {
    Held held = held(statement);
    held.pending++;
    held.batch = batch;
  }

  /** A Parse was done. */
  void confirmed(Statement statement) {
    Held held = held(statement);
    held.onServer = true;
    held.pending = Math.max(0, held.pending - 1);
  }

  /** A Parse was not done: what was there before it still is. */
  void failed(Statement statement) {
    Held held = named.get(statement);
    if (held != null) {
      held.pending = Math.max(0, held.pending - 1);
      if (!held.onServer && held.pending == 0) {
        named.remove(statement);
      }
    }
  }

  /** A Close ahead of a new Parse was done. */
  void closed(Statement statement) {
    Held held = named.get(statement);
    if (held != null) {
      held.onServer = false;
    }
  }

  /** Puts one back whose Close did not come to pass. */
  void restore(Statement statement) {
    held(statement).onServer = true;
  }

  private Held held(Statement statement) {
    return named.computeIfAbsent(statement, _ -> new Held());
  }

  /** The one to close before another is added; null while there is room. It is taken out. */
  Statement evict() {
    if (named.size() < capacity) {
      return null;
    }
    for (Map.Entry<Statement, Held> e : named.entrySet()) {
      if (e.getValue().isSettled()) {
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

  /**
   * After DEALLOCATE ALL or DISCARD ALL. What was sent behind it is still to come, and the unnamed
   * statement stays, as it does on the server.
   */
  void clear() {
    named.values().removeIf(held -> held.pending == 0);
    named.values().forEach(held -> held.onServer = false);
  }

  /** Whether one is held under this name. */
  boolean holds(String name) {
    byte[] bytes = (name + '\0').getBytes(StandardCharsets.UTF_8);
    return named.keySet().stream().anyMatch(held -> Arrays.equals(held.serverName(), bytes));
  }

  int size() {
    return named.size();
  }
}
