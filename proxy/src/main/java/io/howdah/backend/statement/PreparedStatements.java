package io.howdah.backend.statement;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which {@link Statement}s one server connection holds under their own names, the least recently
 * used first, and which one it holds unnamed. What was sent but not confirmed counts only within
 * the batch it was sent in: an error may yet void it. Texts are not kept here.
 *
 * <p>Thread: the event loop of the connection.
 */
final class PreparedStatements {
  private static final class Held {
    /** The server has it, as far as its answers tell. */
    boolean onServer;

    /** The server has it, but with a plan that it will not use any more. */
    boolean outdated;

    /** It was found to be what other connections have, or nothing was known before. */
    boolean compared;

    /** The server is being asked what it is. */
    boolean asked;

    /** Of the batch, it is whatever the client's own text is now. */
    boolean fresh;

    /** Parse and Close messages that were sent and not answered. */
    int pending;

    /** The batch of the last of them, and whether that was a Close. */
    long batch;

    boolean closing;

    boolean isSettled() {
      return onServer && pending == 0;
    }
  }

  private final LinkedHashMap<Statement.Key, Held> named = new LinkedHashMap<>(16, 0.75f, true);
  private final int capacity;

  /** Those that are not being closed. */
  private int kept;

  private Statement.Key unnamed;
  private boolean unnamedConfirmed;
  private long unnamedBatch;
  private boolean unnamedCompared;
  private boolean unnamedAsked;

  /** The server may have an unnamed statement, known or not. */
  private boolean mayHaveUnnamed;

  /** The batch in which the unnamed statement was last taken away; -1 when it was given since. */
  private long unnamedDroppedIn = -1;

  /** How often the unnamed statement was given or taken away. */
  private long unnamedChanges;

  PreparedStatements(int capacity) {
    this.capacity = capacity;
  }

  Presence presence(Statement.Key statement, long batch) {
    return presence(named.get(statement), batch);
  }

  private static Presence presence(Held held, long batch) {
    if (held == null) {
      return Presence.ABSENT;
    }
    if (held.pending > 0 && held.batch != batch) {
      return Presence.DOUBTFUL;
    }
    if (held.pending > 0) {
      return held.closing ? Presence.ABSENT : Presence.PRESENT;
    }
    return held.outdated ? Presence.DOUBTFUL : Presence.PRESENT;
  }

  /**
   * Whether it is there.
   *
   * @param compared whether it must be known to be what other connections have
   */
  boolean isReady(Statement.Key statement, long batch, boolean compared) {
    Held held = named.get(statement);
    return presence(held, batch) == Presence.PRESENT
        && (held.compared || !compared || held.fresh && held.batch == batch);
  }

  /** The server is being asked what the statement is, or was already; whether that was so. */
  boolean asking(Statement.Key statement, boolean isNamed) {
    if (!isNamed) {
      boolean before = unnamed == statement && unnamedAsked;
      unnamedAsked = unnamed == statement;
      return before;
    }
    Held held = named.get(statement);
    boolean was = held != null && held.asked;
    if (held != null) {
      held.asked = true;
    }
    return was;
  }

  /** The server said that a statement is what others have. */
  void compared(Statement.Key statement, boolean isNamed) {
    Held held = isNamed ? named.get(statement) : null;
    if (held != null) {
      held.asked = false;
      held.compared = true;
    } else if (!isNamed && unnamed == statement) {
      unnamedAsked = false;
      unnamedCompared = true;
    }
  }

  /** The server did not say what a statement is. */
  void notCompared(Statement.Key statement, boolean isNamed) {
    Held held = isNamed ? named.get(statement) : null;
    if (held != null) {
      held.asked = false;
    } else if (!isNamed && unnamed == statement) {
      unnamedAsked = false;
    }
  }

  /** The unnamed statement is another than was thought, and others have that. */
  void replaceUnnamed(Statement.Key before, Statement.Key now) {
    if (unnamed == before) {
      unnamed = now;
      unnamedCompared = true;
    }
  }

  /** Whether it was last prepared within this batch. */
  boolean isOf(Statement.Key statement, long batch) {
    Held held = named.get(statement);
    return held != null && held.batch == batch;
  }

  /** Notes that a Parse is being sent. */
  void sent(Statement.Key statement, long batch) {
    Held held = named.get(statement);
    if (held == null) {
      held = new Held();
      named.put(statement, held);
      kept++;
    } else if (held.closing) {
      kept++;
    }
    held.pending++;
    held.batch = batch;
    held.closing = false;
    held.compared = false;
    held.asked = false;
    held.fresh = false;
  }

  /** Whoever uses it in this batch has just prepared it. */
  void isFresh(Statement.Key statement) {
    Held held = named.get(statement);
    if (held != null) {
      held.fresh = true;
    }
  }

  /** Notes that a Close is being sent. */
  void closing(Statement.Key statement, long batch) {
    Held held = named.get(statement);
    if (held != null) {
      if (!held.closing) {
        kept--;
      }
      held.pending++;
      held.batch = batch;
      held.closing = true;
    }
  }

  /** A Parse was done. */
  void confirmed(Statement.Key statement) {
    answered(statement, true);
  }

  /** A Close was done. */
  void closed(Statement.Key statement) {
    answered(statement, false);
  }

  /** A Parse or a Close was not done: what was there before it still is. */
  void failed(Statement.Key statement) {
    Held held = named.get(statement);
    if (held != null) {
      answered(statement, held.onServer);
    }
  }

  private void answered(Statement.Key statement, boolean there) {
    Held held = named.get(statement);
    if (held == null) {
      return;
    }
    held.onServer = there;
    held.outdated &= there;
    held.pending = Math.max(0, held.pending - 1);
    if (held.pending > 0) {
      return;
    }
    if (there && held.closing) {
      // Its Close did not come to pass.
      held.closing = false;
      kept++;
    } else if (!there) {
      if (!held.closing) {
        kept--;
      }
      named.remove(statement);
    }
  }

  /** The server refuses to use it as it is: it must be prepared anew. */
  void outdated(Statement.Key statement) {
    Held held = named.get(statement);
    if (held != null) {
      held.asked = false;
      held.outdated |= held.pending == 0;
    }
    if (unnamed == statement) {
      unnamed = null;
    }
  }

  /** Nobody can tell whether they are there. */
  void doubtAll() {
    named.values().forEach(held -> held.outdated = true);
  }

  /** Those to close before another is added, so that there is room for it. Mostly none. */
  List<Statement.Key> tooMany() {
    int over = kept + 1 - capacity;
    if (over <= 0) {
      return List.of();
    }
    List<Statement.Key> oldest = new ArrayList<>(over);
    for (Map.Entry<Statement.Key, Held> e : named.entrySet()) {
      if (oldest.size() == over) {
        break;
      }
      if (e.getValue().isSettled()) {
        oldest.add(e.getKey());
      }
    }
    return oldest;
  }

  boolean holdsUnnamed(Statement.Key statement, long batch) {
    return unnamed == statement && (unnamedConfirmed || unnamedBatch == batch);
  }

  /** The same, where it is known to be what others have, or is of this batch. */
  boolean isUnnamedReady(Statement.Key statement, long batch, boolean compared) {
    return holdsUnnamed(statement, batch)
        && (unnamedCompared || !compared || unnamedBatch == batch && !unnamedAsked);
  }

  /** Whether a message of this batch may find an unnamed statement. */
  boolean mayHaveUnnamed(long batch) {
    return mayHaveUnnamed && unnamedDroppedIn != batch;
  }

  /**
   * A Close is being sent, which an error may yet void.
   *
   * @return what {@link #droppedUnnamed} takes
   */
  long droppingUnnamed(long batch) {
    unnamed = null;
    unnamedDroppedIn = batch;
    return ++unnamedChanges;
  }

  /** The Close was done. */
  void droppedUnnamed(long change) {
    if (change == unnamedChanges) {
      mayHaveUnnamed = false;
    }
  }

  /**
   * @param statement null for one that nobody knows
   */
  void sentUnnamed(Statement.Key statement, long batch) {
    unnamed = statement;
    unnamedConfirmed = false;
    unnamedCompared = false;
    unnamedAsked = false;
    unnamedBatch = batch;
    mayHaveUnnamed = true;
    unnamedDroppedIn = -1;
    unnamedChanges++;
  }

  void confirmedUnnamed(Statement.Key statement) {
    if (unnamed == statement) {
      unnamedConfirmed = true;
    }
  }

  /**
   * @param certainly whether there is none; else nobody can tell
   */
  void forgetUnnamed(boolean certainly) {
    unnamed = null;
    mayHaveUnnamed &= !certainly;
  }

  /**
   * After DEALLOCATE ALL or DISCARD ALL. What was sent behind it is still to come, and the unnamed
   * statement stays, as it does on the server.
   */
  void clear() {
    named.values().removeIf(held -> held.pending == 0);
    kept = 0;
    for (Held held : named.values()) {
      held.onServer = false;
      kept += held.closing ? 0 : 1;
    }
  }

  /** Whether one is held under this name. */
  boolean holds(String name) {
    byte[] bytes = (name + '\0').getBytes(StandardCharsets.UTF_8);
    return named.keySet().stream().anyMatch(held -> Arrays.equals(held.name(), bytes));
  }

  /** Those that the server has or is being given. */
  int size() {
    return kept;
  }
}
