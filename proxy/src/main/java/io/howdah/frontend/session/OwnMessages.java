package io.howdah.frontend.session;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.error.PgError;
import io.howdah.wire.FrameHandler.Verdict;

/**
 * What Howdah sends to a server among the messages of its client: each stands behind all that the
 * client said before it.
 *
 * <p>Thread: the session's event loop.
 */
public final class OwnMessages {
  private final Client session;
  private final Attachment attachment;
  private boolean wrote;

  public OwnMessages(SessionState state) {
    this.session = state.session;
    this.attachment = state.attachment;
  }

  /** Something is written next: what the client said before goes first. */
  public void follow() {
    session.reader().passSoFar();
    wrote = true;
  }

  /** Something was written, if so. */
  public void wrote(boolean something) {
    wrote |= something;
  }

  /** Whether something was written since this was last asked. */
  public boolean takeWrote() {
    boolean was = wrote;
    wrote = false;
    return was;
  }

  /** Has the server answer what it was sent, though no Sync of the client's follows yet. */
  public void askForAnswers() {
    if (attachment.server().ledger().isBatchOpen()) {
      follow();
      attachment.server().statements().names().flush();
    }
  }

  /**
   * What becomes of a Query that Howdah would answer itself, with a Sync for its end, where a batch
   * is open: it is void, if that has failed, and it waits while nobody knows. Null where it can be
   * answered.
   */
  public Verdict insteadOfAnswer() {
    ReplyLedger ledger = attachment.server().ledger();
    if (ledger.isSkipping()) {
      return Verdict.DROP;
    }
    if (!ledger.isBatchOpen() || ledger.isEmpty()) {
      return null;
    }
    askForAnswers();
    return session.stop(Wait.Replies.ORDER);
  }

  /**
   * Ends what Howdah alone has executed in the batch that is open, ahead of a request that would be
   * taken into its transaction. Null when the request may be sent.
   */
  public Verdict endOwn() {
    ReplyLedger ledger = attachment.server().ledger();
    if (!ledger.executed().isOnlyOwn() || ledger.status() != 'I' || ledger.isSkipping()) {
      return null;
    }
    if (!ledger.isEmpty()) {
      askForAnswers();
      return session.stop(Wait.Replies.ORDER);
    }
    follow();
    attachment.server().statements().names().endBatch();
    return null;
  }

  /** Refuses a message of the extended protocol: the server is made to fail in its place. */
  public void refuse(PgError error) {
    follow();
    attachment.server().messages().refuse(() -> session.sendError(error));
  }

  /** Refuses a simple query, in the same way. */
  public void refuseQuery(PgError error) {
    follow();
    attachment.server().messages().refuseQuery(() -> session.sendError(error));
  }
}
