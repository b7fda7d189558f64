package io.howdah.frontend.naming;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.statement.Statement;
import io.howdah.error.PgError;
import io.howdah.frontend.prepared.ErrorNames;
import io.howdah.frontend.session.SessionState;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The server's errors as the client is told them: with its own names of statements, and with the
 * error of what Howdah sent ahead of a request in place of the one that the request then met.
 *
 * <p>Thread: the session's event loop.
 */
public final class ToldErrors {
  private final SessionState state;

  /** The error of what was sent ahead of the request at hand: the client hears it in its turn. */
  private byte[] ownError;

  /** So many errors of what was sent ahead are meant to come. */
  private int meant;

  /** The error at hand stands for one about a plan that is out of date. */
  private boolean hidesOutdatedPlan;

  /** The type of the client's message for which a Close of Howdah's stands in a COPY; 0 if none. */
  private byte inCopy;

  /** The statement whose name was given away last: an error that comes late may still name it. */
  private byte[] lastClosed;

  private Statement lastClosedStatement;

  ToldErrors(SessionState state) {
    this.state = state;
  }

  /** Something is sent ahead that has one error for certain, of which the client hears nothing. */
  void ownFailureIsMeant() {
    meant++;
  }

  /** What was sent ahead of the client's request failed. */
  public void ownFailed(ByteBuf error) {
    if (meant > 0) {
      meant--;
    } else if (ownError == null) {
      ownError = ByteBufUtil.getBytes(error);
    }
  }

  /** A Close of Howdah's tells whether the server still copies, for a message of this type. */
  public void standsInCopy(byte type) {
    inCopy = type;
  }

  /** No request is under way that something was sent ahead of. */
  public void ready() {
    ownError = null;
    meant = 0;
    inCopy = 0;
  }

  /**
   * The server refuses a message. A Bind with formats for another number of columns than an
   * outdated statement has is refused as PostgreSQL refuses it, which has a plan to compare with.
   */
  public void refused(ErrorFields error, ReplyLedger.Entry at, ReplyLedger.Note note) {
    Statement statement = at == ReplyLedger.Entry.BIND ? Statement.of(note) : null;
    hidesOutdatedPlan =
        statement != null
            && statement.isOutdated()
            && "PortalSetResultFormat".equals(error.routine());
  }

  /** The error that the client hears in place of the server's, or null for the server's own. */
  public ByteBuf instead(ByteBuf error) {
    ByteBuf own = ownError == null ? null : Unpooled.wrappedBuffer(ownError);
    ownError = null;
    ByteBufAllocator alloc = state.session.channel().alloc();
    if (hidesOutdatedPlan) {
      hidesOutdatedPlan = false;
      return ErrorFields.write(alloc.buffer(), new PgError.OutdatedPlan());
    }
    if (own == null && inCopy != 0) {
      own = ErrorNames.ofAnotherType(error, FrontendType.CLOSE, inCopy);
    }
    ByteBuf what = own == null ? error : own;
    ByteBuf other = state.renames() ? ErrorNames.rewritten(what, this::clientName, alloc) : null;
    return other != null || own == null ? other : ErrorNames.whole(own, alloc);
  }

  /** The name is given away; errors about what came before may still be on their way. */
  public void closed(byte[] name, Statement statement) {
    lastClosed = name;
    lastClosedStatement = statement;
  }

  private String clientName(String serverName) {
    byte[] wanted = (serverName + '\0').getBytes(StandardCharsets.ISO_8859_1);
    byte[] name = state.names.nameOf(wanted);
    if (name == null
        && lastClosedStatement != null
        && Arrays.equals(lastClosedStatement.serverName(), wanted)) {
      name = lastClosed;
    }
    if (name != null) {
      return new String(name, StandardCharsets.ISO_8859_1);
    }
    Statement unnamed = state.unnamed.get();
    return unnamed != null && Arrays.equals(unnamed.serverName(), wanted) ? "" : null;
  }
}
