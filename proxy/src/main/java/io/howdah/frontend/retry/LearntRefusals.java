package io.howdah.frontend.retry;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.statement.Statement;
import io.howdah.frontend.session.SessionState;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;

/**
 * What servers' errors teach about statements, and about the session: whether a request is run
 * again or not, the same will not happen again so soon.
 *
 * <p>Thread: the session's event loop.
 */
final class LearntRefusals {
  private final SessionState state;

  LearntRefusals(SessionState state) {
    this.state = state;
  }

  /**
   * A server said an error.
   *
   * @param found what can be done about it
   * @param query the simple query that was refused, where that is retained; else null
   */
  void learn(RetryKind found, Entry at, ReplyLedger.Note note, RetainedRequest query) {
    Statement statement = Statement.of(note);
    if (found == RetryKind.PRIMARY) {
      if (statement != null) {
        state.statements.refusedByReplica(statement);
      } else if (at == Entry.QUERY && query != null) {
        ByteBuf bytes = query.bytes();
        int body = bytes.readerIndex() + Protocol.HEADER_BYTES;
        state.statements.refusedByReplica(bytes, body, bytes.writerIndex() - body, state.reading());
      }
    } else if (found == RetryKind.SERIALIZABLE) {
      state.defaults.refusedByReplica();
    } else if (found == RetryKind.PREPARE_AGAIN && statement != null) {
      state.session.turn().server().statements().outdated(statement);
      state.statements.renew(statement);
    }
  }
}
