package io.howdah.frontend;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.error.PgError;
import io.howdah.frontend.lease.Lease;
import io.howdah.frontend.routing.BatchLookahead;
import io.howdah.frontend.routing.ReplicaTransaction;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.route.fact.Target;
import io.howdah.wire.FrameHandler.Verdict;
import io.netty.buffer.ByteBuf;

/**
 * Whether a message that begins a request may go to the node that the session has a connection to:
 * a replica, or whatever it is for a session that only replicas serve.
 *
 * <p>Thread: the session's event loop.
 */
final class Placement {
  private final ClientSession session;
  private final SessionState state;
  private final Lease lease;
  private final ReplicaTransaction transaction;
  private final BatchLookahead lookahead;

  public Placement(
      ClientSession session, SessionState state, Lease lease, ReplicaTransaction transaction) {
    this.session = session;
    this.state = state;
    this.lease = lease;
    this.transaction = transaction;
    this.lookahead = new BatchLookahead(state);
  }

  /** What becomes of the message instead of being sent there; null when it may be. */
  public Verdict elsewhere(byte type, int bodyLength, ByteBuf in, int start, int end) {
    ReplyLedger ledger = lease.server().ledger();
    if (lease.isKept() || transaction.goesOn(ledger)) {
      return leavesPromoted(ledger) ? session.stop(Wait.Replies.ORDER) : null;
    }
    Target wanted = lookahead.target(type, bodyLength, in, start, end);
    if (wanted == null) {
      return Verdict.MORE;
    }
    if ((wanted == Target.PRIMARY) != lease.isPrimary()) {
      if (ledger.isClean()) {
        // Nothing is on its way whose end would part the session from this connection: what the
        // text is taken for, or the node's role, has changed since the session asked for it.
        lease.release();
        session.become(session.turns().idle());
        session.resumeSoon();
        return session.stop(Wait.Soon.RUN_AGAIN);
      }
      return session.stop(Wait.Replies.ORDER);
    }
    return ledger.isEmpty() || state.writes.allowJoining()
        ? null
        : session.stop(Wait.Replies.ORDER);
  }

  /** Whether the session ends, since the replica whose connection it keeps became the primary. */
  private boolean leavesPromoted(ReplyLedger ledger) {
    if (!lease.isPrimary()
        || !lease.isKept()
        || !state.isBarredFromPrimary()
        || !ledger.isClean()) {
      return false;
    }
    session.terminate(
        new PgError.ServerConnectionLost(
            lease.pool().node().toString(),
            "it has become the primary, where the read-only port does not lead"));
    return true;
  }
}
