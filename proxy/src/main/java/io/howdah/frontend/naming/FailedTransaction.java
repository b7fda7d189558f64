package io.howdah.frontend.naming;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.frontend.effect.Effects;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.OwnMessages;
import io.howdah.frontend.session.SessionState;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Brings prepared statements to a server connection whose transaction has failed, where PostgreSQL
 * prepares nothing, for a simple query that first ends the transaction and then uses them. Nothing
 * of such a transaction can survive that: so it makes no difference to roll it back, to begin
 * another with its characteristics, to prepare there, and to let that fail.
 *
 * <p>For other messages it would: the portals that a failed transaction still has are gone with it,
 * and PostgreSQL answers differently to what names them.
 *
 * <p>Thread: the session's event loop.
 */
final class FailedTransaction {
  private static final int LOOKED_AT = 64;

  private static final Pattern END_FIRST =
      Pattern.compile(
          "\\s*(ROLLBACK|ABORT|COMMIT|END)(\\s+(WORK|TRANSACTION))?(\\s+AND\\s+(NO\\s+)?CHAIN)?\\s*;",
          Pattern.CASE_INSENSITIVE);

  private final Effects effects;
  private final OwnMessages own;
  private final ToldErrors errors;
  private final Attachment attachment;

  FailedTransaction(SessionState state, Effects effects, OwnMessages own, ToldErrors errors) {
    this.attachment = state.attachment;
    this.effects = effects;
    this.own = own;
    this.errors = errors;
  }

  /** Whether a text ends a failed transaction before it does anything else. */
  boolean isEndedBy(ByteBuf in, int from, int length) {
    ReplyLedger ledger = attachment.server().ledger();
    if (!ledger.hasSurelyFailed() || ledger.isSkipping() || effects.mayReportSettingsAtEnd()) {
      return false;
    }
    String beginning = in.toString(from, Math.min(length, LOOKED_AT), StandardCharsets.ISO_8859_1);
    return END_FIRST.matcher(beginning).lookingAt();
  }

  /** Has something prepared in another transaction, which fails then. */
  void prepare(Runnable preparation) {
    own.follow();
    attachment.server().statements().names().beginFailedAnew();
    preparation.run();
    attachment.server().statements().names().failAgain();
    errors.ownFailureIsMeant();
  }
}
