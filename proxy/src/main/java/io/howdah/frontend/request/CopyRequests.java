package io.howdah.frontend.request;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.frontend.naming.ToldErrors;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.OwnMessages;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.wire.FrontendType;

/**
 * Whether the server may be waiting for a client's CopyData: a message of Howdah's own would end
 * the COPY, and one of the client's that may not stand there does.
 *
 * <p>Thread: the session's event loop.
 */
public final class CopyRequests {
  private final OwnMessages own;
  private final ToldErrors errors;
  private final Attachment attachment;

  /** Something was sent behind which the server may wait for CopyData, and was not answered yet. */
  private boolean mayCopyIn;

  CopyRequests(SessionState state, OwnMessages own, ToldErrors errors) {
    this.attachment = state.attachment;
    this.own = own;
    this.errors = errors;
  }

  /** The client's messages go to this connection from now on. */
  void begin() {
    mayCopyIn = false;
  }

  /** A statement is being run. */
  void sent(Facts facts) {
    mayCopyIn |= facts.mayCopyIn();
  }

  /**
   * Whether a message must wait until it is known whether it stands behind a COPY FROM STDIN or
   * within it, where the server would take Howdah's own messages for the client's. The server is
   * then told to answer that.
   */
  public boolean mustAwait(byte type) {
    if (!mayCopyIn) {
      return false;
    }
    ReplyLedger ledger = attachment.server().ledger();
    mayCopyIn = !ledger.isEmpty();
    if (!mayCopyIn || FrontendType.mayStandInCopy(type)) {
      return false;
    }
    own.askForAnswers();
    return true;
  }

  /**
   * A message comes while the server copies from the client, as far as Howdah knows, where it may
   * not stand; but the COPY may have failed by its data. A message of Howdah's own goes first: if
   * the server still copies, it says what is wrong, as of the client's, and ends the session.
   */
  public void standsInCopy(byte type) {
    if (attachment.server().ledger().isCopyProbed()) {
      return;
    }
    own.follow();
    errors.standsInCopy(type);
    attachment.server().messages().probeCopy();
  }
}
