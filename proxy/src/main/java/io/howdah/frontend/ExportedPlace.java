package io.howdah.frontend;

import io.howdah.backend.NodePool;
import io.howdah.backend.ReplayWatch;
import io.howdah.error.PgError;
import io.howdah.route.Target;
import io.howdah.telemetry.PoolCounters;
import io.howdah.topology.NodeId;
import io.howdah.topology.WalToken;
import java.time.Duration;

/**
 * The place in the WAL that a session tells its client on demand: it waits until the primary has
 * said where the session's last commit is.
 *
 * <p>Thread: the session's event loop.
 */
final class ExportedPlace implements ReplayWatch.Waiter {
  private static final Duration NO_BOUND = Duration.ofDays(1);

  private final SessionState state;
  private boolean begun;
  private boolean joined;
  private long sinceNanos;
  private Runnable again;

  ExportedPlace(SessionState state) {
    this.state = state;
  }

  /**
   * Whether it can be told now; else what there is to do is done.
   *
   * @param lookAgain to be run when it is worth asking again
   */
  boolean isAtHand(Runnable lookAgain) {
    if (state.writes.isSent() && state.session.turn().isBusy()) {
      // Behind a commit in the pipeline, whose answer has the message looked at again.
      return false;
    }
    if (!begun) {
      begun = true;
      sinceNanos = state.session.worker().nanoTime();
      state.writes.concernExport();
    }
    if (state.writes.unlocated() == 0) {
      end();
      return true;
    }
    again = lookAgain;
    if (!joined) {
      joined = true;
      state.pools.replay().join(this);
    }
    return false;
  }

  /** Why it can't be told in time, or null. */
  PgError failure() {
    if (begun
        && state.writes.unlocated() != 0
        && state.session.worker().nanoTime() - untilNanos() >= 0) {
      end();
      return state.pools.nodes().noServer(Target.PRIMARY, bound());
    }
    return null;
  }

  private void end() {
    begun = false;
    leave();
  }

  private void leave() {
    if (joined) {
      joined = false;
      state.pools.replay().leave(this);
    }
  }

  private Duration bound() {
    Duration bound = state.session.worker().config().timeouts().queryWait();
    return bound.isZero() ? NO_BOUND : bound;
  }

  @Override
  public long unlocated() {
    return state.writes.unlocated();
  }

  /** None: no replica need have it. */
  @Override
  public WalToken token() {
    return null;
  }

  @Override
  public boolean mayUse(NodeId replica, boolean any) {
    return false;
  }

  @Override
  public long untilNanos() {
    return sinceNanos + bound().toNanos();
  }

  @Override
  public PoolCounters counters() {
    NodePool primary = state.pools.nodes().primary();
    return primary == null ? null : primary.counters();
  }

  @Override
  public void lookAgain() {
    leave();
    again.run();
  }
}
