package io.howdah.frontend;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.frontend.request.ClientRequests;
import io.howdah.frontend.routing.PreparingBatch;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.wire.FrontendType;

/**
 * Whether a message of a session that has a server connection may be sent behind those before it,
 * or must wait until they are answered.
 *
 * <p>Thread: the session's event loop.
 */
final class MessageOrder {
  private final SessionState state;
  private final ClientRequests requests;
  private final PreparingBatch preparing;
  private final AttachedWaits waits;

  MessageOrder(
      SessionState state, ClientRequests requests, PreparingBatch preparing, AttachedWaits waits) {
    this.state = state;
    this.requests = requests;
    this.preparing = preparing;
    this.waits = waits;
  }

  /** What the message at hand must wait for, which goes on by itself from now on; or null. */
  Wait before(byte type, ServerConnection server) {
    ReplyLedger ledger = server.ledger();
    if (ledger.awaitsCopyEnd() && !FrontendType.mayStandInCopy(type)) {
      requests.copies().standsInCopy(type);
      return Wait.Replies.ORDER;
    }
    Wait wait = waits.before(server);
    if (wait != null) {
      return wait;
    }
    if (ledger.isBatchEndDoubtful() && asks(type)) {
      return Wait.Replies.ORDER;
    }
    if (requests.copies().mustAwait(type)) {
      return Wait.Replies.ORDER;
    }
    boolean begins = !ledger.isBatchOpen();
    if (state.barrier.isUp() && begins && !ledger.isEmpty() && asks(type)) {
      return Wait.Replies.READING;
    }
    if (begins
        && requests.mayEndReplicaTransaction()
        && !ledger.isEmpty()
        && !state.writes.allowJoining()) {
      // Behind the end of a transaction a read must see more than the transaction had to.
      return Wait.Replies.ORDER;
    }
    if (preparing.mayEndBefore(type) && !ledger.isSkipping()) {
      if (!ledger.isEmpty()) {
        return Wait.Replies.ORDER;
      }
      preparing.endOn(server);
      return Wait.OwnWork.BATCH_END;
    }
    return null;
  }

  /** Whether what a message does depends on whether a batch is open. */
  private static boolean asks(byte type) {
    return switch (type) {
      case FrontendType.SYNC,
          FrontendType.FLUSH,
          FrontendType.COPY_DATA,
          FrontendType.COPY_DONE,
          FrontendType.COPY_FAIL ->
          false;
      default -> true;
    };
  }
}
