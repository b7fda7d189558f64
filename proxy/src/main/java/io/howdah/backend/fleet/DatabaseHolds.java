package io.howdah.backend.fleet;

import io.howdah.config.DatabaseConfig;
import io.howdah.pool.Budget;
import io.howdah.pool.Loops;
import io.howdah.route.fact.SessionEffect.DatabaseChange;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Databases that Howdah keeps out of while a client's statement needs one for itself. Idle
 * connections there are closed, and none is opened, until the statement has ended; questions of
 * Howdah's own are asked elsewhere. Connections that serve a client stay: then PostgreSQL's own
 * refusal is right. It waits five seconds for other sessions to leave, so nobody has to wait for
 * the connections to be closed.
 *
 * <p>Thread: any.
 */
public final class DatabaseHolds {
  /**
   * Longer than PostgreSQL waits for others, and than it mostly waits for a lock before that. Once
   * it has found the database empty it keeps others out by itself.
   */
  static final Duration LONGEST = Duration.ofSeconds(60);

  /** One of them, until it ends. */
  private record Hold(String cluster, DatabaseChange change) {
    boolean concerns(String ofCluster, String serverDatabase) {
      return cluster.equals(ofCluster) && change.database().equals(serverDatabase);
    }
  }

  private final Fleet fleet;
  private final List<Hold> holds = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  DatabaseHolds(Fleet fleet) {
    this.fleet = fleet;
  }

  /** Has it told that others are kept out of than before; on any thread. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * Keeps out of a database from now on.
   *
   * @param loop the number of the caller's loop
   * @param then is told when that ends, once, on the caller's loop
   * @return ends it, if it has not ended by itself after {@link #LONGEST}; on the caller's loop
   */
  public Runnable begin(String cluster, DatabaseChange change, int loop, Runnable then) {
    Hold hold = new Hold(cluster, change);
    synchronized (holds) {
      holds.add(hold);
      apply();
    }
    AtomicBoolean over = new AtomicBoolean();
    Runnable end =
        () -> {
          if (over.compareAndSet(false, true)) {
            end(hold);
            then.run();
          }
        };
    Loops loops = fleet.loops();
    loops.postAfter(loop, end, LONGEST.toNanos());
    return end;
  }

  private void end(Hold hold) {
    synchronized (holds) {
      holds.remove(hold);
      apply();
    }
  }

  /** Whether a database is kept out of now. */
  public boolean isHeld(String cluster, String serverDatabase) {
    return statement(cluster, serverDatabase) != null;
  }

  private String statement(String cluster, String serverDatabase) {
    for (Hold hold : holds) {
      if (hold.concerns(cluster, serverDatabase)) {
        return hold.change().what();
      }
    }
    return null;
  }

  private void apply() {
    fleet.budgets().all().forEach(this::apply);
    listeners.forEach(Runnable::run);
  }

  /** Has a pool, which may have just been made, keep out or not. */
  void apply(Budget budget) {
    String database = budget.key().database();
    DatabaseConfig entry = fleet.config().database(database).orElse(null);
    synchronized (holds) {
      budget.hold(
          entry == null
              ? null
              : statement(entry.cluster(), entry.serverDatabase().orElse(database)));
    }
  }
}
