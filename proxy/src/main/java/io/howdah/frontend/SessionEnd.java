package io.howdah.frontend;

import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.wire.ErrorFields;
import io.netty.buffer.ByteBuf;

/**
 * How a session ends, whoever ends it: what its client is told last, and that whatever it has is
 * given back.
 *
 * <p>Thread: the session's event loop.
 */
final class SessionEnd {
  private final ClientSession session;
  private String reason = "client disconnected";

  SessionEnd(ClientSession session) {
    this.session = session;
  }

  /** Why it will have ended, for people, if nothing else is said. */
  void isToldBy(String why) {
    reason = why;
  }

  /**
   * Says why, as FATAL, and ends the session. Where the client has got only a part of a message, an
   * error would be taken for the rest of it: then the end must do, as with PostgreSQL.
   */
  void terminate(PgError error) {
    Phase phase = session.phase();
    if (phase == ClosedPhase.CLOSED) {
      return;
    }
    if (phase.isWithinReply()) {
      quietly(error.messageForLogs());
      return;
    }
    PgError lastWord = phase.lastWord(error);
    session.worker.telemetry().errorSent(session.id, lastWord.code(), lastWord.messageForLogs());
    reason = lastWord.messageForLogs();
    ByteBuf last = ErrorFields.write(session.buffer(), lastWord, Severity.FATAL);
    now();
    session.output().close(last);
  }

  /** Ends the session without a word, once all that was said is sent. */
  void quietly(String why) {
    if (session.phase() == ClosedPhase.CLOSED) {
      return;
    }
    reason = why;
    now();
    session.output().close(session.channel().alloc().buffer(0));
  }

  /** Gives back whatever the session has; nothing is heard of it any more. */
  void now() {
    session.output().endHold();
    Phase was = session.phase();
    session.become(ClosedPhase.CLOSED);
    session.reader().close();
    session.containment.leave(was, session.state(), session.turns());
    session.registration.end(reason);
    session.worker.left(session);
  }
}
