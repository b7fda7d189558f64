package io.howdah.frontend.parameter;

import io.howdah.backend.pools.NodePool;
import io.howdah.backend.wal.ReplayWatch;
import io.howdah.error.PgError;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
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
public final class ExportedPlace implements ReplayWatch.Waiter {
  /** The session's clock ends the wait before that. */
  private static final Duration MOST = Duration.ofDays(1);

  private final SessionState state;
  private boolean begun;
  private boolean joined;
  private long sinceNanos;
  private PgError overdue;
  private Runnable again;

  ExportedPlace(SessionState state) {
    this.state = state;
  }

  /**
   * What there is to wait for before it can be told, or null; what there is to do is done.
   *
   * @param lookAgain to be run when it is worth asking again
   */
  Wait waitFor(Runnable lookAgain) {
    if (state.writes.isSent() && !state.session.turn().isAnswered()) {
      // Behind a commit in the pipeline, whose answer has the message looked at again.
      return Wait.Replies.ORDER;
    }
    if (!begun) {
      begun = true;
      sinceNanos = state.session.worker().nanoTime();
      state.writes.concernExport();
    }
    if (state.writes.unlocated() == 0) {
      end();
      return null;
    }
    again = lookAgain;
    if (!joined) {
      joined = true;
      state.pools.replay().join(this);
    }
    return new Wait.CommitPlace(state.pools.nodes());
  }

  /** Whether the primary is being asked. */
  public boolean isAwaited() {
    return joined;
  }

  /** It has been waited for too long: whoever asks next is told so. */
  public void overdue(PgError error) {
    overdue = error;
  }

  /** Why it can't be told in time, or null. */
  PgError failure() {
    PgError failure = overdue;
    if (failure != null) {
      end();
    }
    return failure;
  }

  /** Nobody asks any more. */
  public void forget() {
    end();
  }

  private void end() {
    begun = false;
    overdue = null;
    leave();
  }

  private void leave() {
    if (joined) {
      joined = false;
      state.pools.replay().leave(this);
    }
  }

  @Override
  public long unlocated() {
    return state.writes.unlocated();
  }

  @Override
  public NodeId unsettled() {
    return null;
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
    return sinceNanos + MOST.toNanos();
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
