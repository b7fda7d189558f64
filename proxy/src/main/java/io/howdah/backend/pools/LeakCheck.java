package io.howdah.backend.pools;

import io.howdah.backend.connection.Inspection;
import io.howdah.backend.connection.Inspection.Compared;
import io.howdah.backend.connection.Inspection.Findings;
import io.howdah.backend.connection.Inspection.Part;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.route.fact.PinKind;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Looks, by sample, whether a connection that is given back holds what Howdah believes and nothing
 * else. One that does not is closed, and the statements that may have caused it are named. A
 * connection that ran code which Howdah does not see through counts for several in the sample.
 *
 * <p>Thread: one event loop.
 */
public final class LeakCheck {
  /** Parameters that are in no catalog, and so must be asked for by name. */
  private static final int MOST_NAMES = 64;

  /** The server takes some milliseconds for each thousand. */
  private static final int MOST_COMPARED = 400;

  private static final Set<Part> ALL = EnumSet.allOf(Part.class);

  /**
   * A difference between a server session and what Howdah believes of it.
   *
   * @param what for people; without values, which may be secrets
   */
  record Leak(PinKind kind, String name, String what) {}

  private final Fleet fleet;
  private final DoubleSupplier random;
  private final Set<String> names = new LinkedHashSet<>();
  private double rate;
  private long left;

  public LeakCheck(Fleet fleet) {
    this(fleet, () -> ThreadLocalRandom.current().nextDouble());
  }

  LeakCheck(Fleet fleet, DoubleSupplier random) {
    this.fleet = fleet;
    this.random = random;
    reload();
  }

  /** The rate may have changed. */
  public void reload() {
    double now = fleet.config().pool().leakCheckRate();
    if (now != rate || left == 0) {
      rate = now;
      left = draw();
    }
  }

  /** How many connections are given back until the next is looked at. */
  private long draw() {
    if (rate <= 0) {
      return Long.MAX_VALUE;
    }
    if (rate >= 1) {
      return 1;
    }
    return 1 + (long) (Math.log1p(-random.getAsDouble()) / Math.log1p(-rate));
  }

  /** Remembers parameters of a session by name, as far as they are in no catalog. */
  public void noteNames(SessionSettings settings) {
    if (settings == SessionSettings.NONE || names.size() >= MOST_NAMES) {
      return;
    }
    for (String name : settings.customNames()) {
      if (names.size() < MOST_NAMES) {
        names.add(name);
      }
    }
  }

  /** Whether it is the turn of a clean connection that is given back; then {@link #look}. */
  public boolean isTurnOf(ServerConnection connection) {
    left -= connection.suspects().takeWeight();
    if (left > 0) {
      return false;
    }
    left = draw();
    return true;
  }

  /** Gives a clean connection back to its pool once it was looked at. */
  public void look(NodePool pool, ServerConnection connection) {
    Inspection.of(
        connection,
        ALL,
        believed(connection),
        found -> {
          Leak leak = leak(connection, found);
          if (leak == null) {
            connection.suspects().clear();
            pool.pool().release(connection, fleet.loops().nanoTime());
          } else {
            report(connection, leak);
          }
        },
        error -> {
          // The connection is closed, and its pool knows.
        });
  }

  private void report(ServerConnection connection, Leak leak) {
    fleet
        .telemetry()
        .leaked(
            connection.identity().node().toString(),
            connection.identity().user(),
            connection.identity().database(),
            leak.kind().label(),
            leak.what(),
            connection.suspects().describe(leak.name()));
    connection.destroy("unknown state was left in it: " + leak.what());
  }

  /** Everything else before the role and the user, which decide what may be set. */
  private Map<String, String> believed(ServerConnection connection) {
    Map<String, String> applied = connection.applied().values();
    Map<String, String> believed = new LinkedHashMap<>();
    for (Map.Entry<String, String> each : applied.entrySet()) {
      if (believed.size() < MOST_COMPARED) {
        believed.put(each.getKey(), each.getValue());
      }
    }
    for (String name : names) {
      // One that is set but is not among those compared is not one that should not be set.
      if (!applied.containsKey(name)) {
        believed.put(name, null);
      }
    }
    for (String name : new String[] {SessionSettings.ROLE, SessionSettings.USER}) {
      believed.remove(name);
      believed.put(name, applied.get(name));
    }
    return believed;
  }

  /** The quotes of a name in a list may or may not be there. */
  private static boolean same(String actual, String believed) {
    return actual.equals(believed)
        || believed != null && actual.replace("\"", "").equals(believed.replace("\"", ""));
  }

  /** The first difference, or null. */
  static Leak leak(ServerConnection connection, Findings found) {
    Map<String, String> applied = connection.applied().values();
    for (Map.Entry<String, String> each : found.settings().entrySet()) {
      String name = each.getKey();
      // SET LOCAL behind RESET leaves a default that PostgreSQL takes to have been set.
      if (!found.atDefault().contains(name)
          && !applied.containsKey(SessionSettings.folded(name))
          && !name.startsWith("transaction_")) {
        return new Leak(PinKind.SETTING, name, name + " is set");
      }
    }
    for (Map.Entry<String, Compared> each : found.compared().entrySet()) {
      String actual = each.getValue().actual();
      String believed = each.getValue().believed();
      if (actual != null && !same(actual, believed)) {
        String what =
            believed == null ? " should not be set" : " has another value than it was given";
        return new Leak(PinKind.SETTING, each.getKey(), each.getKey() + what);
      }
    }
    if (found.temporaryObjects() > 0) {
      String what = found.temporaryObjects() + " temporary objects";
      return new Leak(PinKind.TEMPORARY_OBJECT, "temp", what);
    }
    if (found.advisoryLocks() > 0) {
      return new Leak(
          PinKind.ADVISORY_LOCK, "advisory", found.advisoryLocks() + " advisory locks are held");
    }
    if (!found.heldCursors().isEmpty()) {
      String name = found.heldCursors().getFirst();
      return new Leak(PinKind.HELD_CURSOR, name, "cursor " + name + " is open");
    }
    if (!found.channels().isEmpty()) {
      String name = found.channels().getFirst();
      return new Leak(PinKind.LISTEN, name, "it listens to " + name);
    }
    for (String name : found.prepared()) {
      if (!connection.statements().holds(name)) {
        return new Leak(PinKind.PREPARED_STATEMENT, name, "statement " + name + " is prepared");
      }
    }
    return null;
  }
}
