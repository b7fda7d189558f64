package io.howdah.backend.connection;

import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.DescriptionNote;
import io.howdah.backend.ledger.Interlaced;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.BackendType;
import io.howdah.wire.CString;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrameHandler;
import io.howdah.wire.FrameReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * Reads what the server of a {@link ServerConnection} says, against the connection's {@link
 * ReplyLedger}: what belongs to the client is passed to its session, what belongs to Howdah is
 * kept, and what the server need not be asked is said in its place.
 *
 * <p>Thread: the event loop of the connection.
 */
final class ReplyReader implements FrameHandler {
  private static final int ERROR_PREFIX_BYTES = 1024;

  private final ServerConnection connection;
  private final ReplyLedger ledger;
  private final FrameReader reader = new FrameReader(this);

  /** Whose replies these are; null while no session has the connection. */
  private SessionLink link;

  /** The session wants to know when an answer begins. */
  private boolean watched;

  /** Who reads the rows of Howdah's own request; null when nobody does. */
  private RowChore rows;

  ReplyReader(ServerConnection connection) {
    this.connection = connection;
    this.ledger = connection.ledger();
  }

  /** The replies are this session's from now on; nobody's with null. */
  void goTo(SessionLink session) {
    link = session;
    watched = false;
  }

  /** Whose replies these are, or null. */
  SessionLink link() {
    return link;
  }

  /** Whether the session is told when an answer begins. */
  void watch(boolean wanted) {
    watched = wanted;
  }

  /** Who reads the rows of Howdah's own requests from now on; null for nobody. */
  void rowsGoTo(RowChore work) {
    rows = work;
  }

  /** Whether the client has got the beginning of a message and not its end. */
  boolean isWithinPassed() {
    return reader.isWithinPassed();
  }

  /** Passes on all that comes before the message at hand. */
  void passSoFar() {
    reader.passSoFar();
  }

  /** Reads what has come. */
  void feed(ByteBuf in, ByteBufAllocator alloc) {
    reader.feed(in, alloc);
    if (reader.isBetweenFrames()) {
      sayMadeUp();
    }
  }

  /** Nothing more is read. */
  void close() {
    reader.close();
  }

  @Override
  public int needs(byte type, int bodyLength) {
    return ReplySizes.needs(type, bodyLength, ledger, rows != null);
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    sayMadeUpBefore();
    if (type == BackendType.ERROR_RESPONSE) {
      return error(bodyLength, in, start + 5, end);
    }
    int body = start + 5;
    ReplyLedger.Note note =
        type == BackendType.COMMAND_COMPLETE && ledger.frontIsForwarded()
            ? ledger.frontNote()
            : null;
    boolean own = isOwn();
    if (watched && link != null && !own && !isPreliminary(type, in, body, bodyLength)) {
      link.answering();
    }
    if (BackendType.isDescription(type)
        && ledger.frontNote() instanceof DescriptionNote described
        && bodyLength <= end - body) {
      described.described(type, in, body, bodyLength);
    }
    ReplyLedger.Verdict verdict =
        type == BackendType.READY_FOR_QUERY ? ledger.ready(in.getByte(body)) : ledger.reply(type);
    if (verdict == ReplyLedger.Verdict.VIOLATION) {
      return unexpected(type);
    }
    switch (type) {
      case BackendType.READY_FOR_QUERY -> {
        if (link != null && verdict == ReplyLedger.Verdict.FORWARD) {
          link.ready(ledger.status());
        }
      }
      case BackendType.COMMAND_COMPLETE -> {
        if (note instanceof Interlaced interlaced) {
          if (interlaced.completes()) {
            return Verdict.DROP;
          }
          note = interlaced.inner();
        }
        CommandTag tag = CommandTag.of(in, body, bodyLength);
        if (tag != CommandTag.OTHER || note != null) {
          connection.stateCommand(tag, own);
          if (link != null && !own) {
            link.stateCommand(tag, note);
          }
        }
      }
      case BackendType.DATA_ROW -> {
        if (rows != null && own) {
          rows.row(in, body, bodyLength);
        }
      }
      case BackendType.NOTICE_RESPONSE -> {
        if (ledger.isEmpty() && link != null && link.isLeaving()) {
          // As that the server is about to end the connection.
          return Verdict.DROP;
        }
        if (isCorrected(bodyLength, in, body, end)) {
          return Verdict.DROP;
        }
      }
      case BackendType.PARAMETER_STATUS -> parameter(in, body, bodyLength, own);
      case BackendType.NOTIFICATION_RESPONSE -> {
        if (!isHeard(in, body, Math.min(bodyLength, ReplySizes.NOTIFICATION_PREFIX_BYTES))) {
          return Verdict.DROP;
        }
      }
      default -> {}
    }
    return verdict == ReplyLedger.Verdict.FORWARD && link != null ? Verdict.PASS : Verdict.DROP;
  }

  /** Whether a message tells nothing yet of what the request does. */
  private static boolean isPreliminary(byte type, ByteBuf in, int body, int bodyLength) {
    return type == BackendType.COMMAND_COMPLETE
        ? CommandTag.isBegin(in, body, bodyLength)
        : BackendType.isPreliminary(type);
  }

  /** Whether what comes next answers a message of Howdah's own. */
  private boolean isOwn() {
    return !ledger.isEmpty() && !ledger.frontIsForwarded();
  }

  private Verdict unexpected(byte type) {
    violation(
        "message '"
            + (char) type
            + "' while "
            + (ledger.front() == null ? "nothing" : ledger.front())
            + " was owed");
    return Verdict.DROP;
  }

  private Verdict error(int bodyLength, ByteBuf in, int body, int end) {
    // A refusal puts another error in its place, and belongs behind all that came before.
    reader.passSoFar();
    ReplyLedger.Entry at = ledger.front();
    ReplyLedger.Note note = ledger.frontNote();
    if (watched && link != null && note instanceof ReplyLedger.Refusal) {
      // Howdah says it, before the server's own is looked at.
      link.answering();
    }
    boolean own = isOwn();
    boolean idle = ledger.isEmpty();
    ErrorFields fields = ErrorFields.read(in, body, Math.min(bodyLength, ERROR_PREFIX_BYTES));
    ReplyLedger.Verdict verdict =
        fields.isFatal() ? ledger.fatal() : ledger.reply(BackendType.ERROR_RESPONSE);
    if (verdict == ReplyLedger.Verdict.VIOLATION) {
      return unexpected(BackendType.ERROR_RESPONSE);
    }
    connection.end().refused(fields, own);
    if (idle && !fields.isFatal()) {
      violation("an error while nothing was owed");
      return Verdict.DROP;
    }
    if (link == null || idle && link.isLeaving()) {
      return Verdict.DROP;
    }
    boolean forward = verdict == ReplyLedger.Verdict.FORWARD;
    if (!connection.isBusy()) {
      if (forward) {
        link.refused(fields, at, note);
      } else if (own) {
        if (!(note instanceof ReplyLedger.Quiet)) {
          link.ownFailed(in.slice(body, Math.min(bodyLength, end - body)));
        }
        return Verdict.DROP;
      }
      link.failed();
      ByteBuf other =
          forward && bodyLength <= end - body
              ? errorInstead(in.slice(body, bodyLength), note)
              : null;
      if (other != null) {
        link.replies(other);
        return Verdict.DROP;
      }
    }
    return forward && link != null ? Verdict.PASS : Verdict.DROP;
  }

  private ByteBuf errorInstead(ByteBuf error, ReplyLedger.Note note) {
    ByteBuf corrected = note instanceof Interlaced mixed ? mixed.corrected(error) : error;
    ByteBuf other = link.errorInstead(corrected);
    return other != null || corrected == error
        ? other
        : whole(BackendType.ERROR_RESPONSE, corrected);
  }

  private ByteBuf whole(byte type, ByteBuf body) {
    return BackendMessages.whole(connection.alloc().buffer(5 + body.readableBytes()), type, body);
  }

  /** A notice about a query of which a part is Howdah's: said with the place in the client's. */
  private boolean isCorrected(int bodyLength, ByteBuf in, int body, int end) {
    if (link == null
        || bodyLength > end - body
        || !(ledger.frontNote() instanceof Interlaced interlaced)) {
      return false;
    }
    ByteBuf notice = in.slice(body, bodyLength);
    ByteBuf corrected = interlaced.corrected(notice);
    if (corrected == notice) {
      return false;
    }
    reader.passSoFar();
    link.replies(whole(BackendType.NOTICE_RESPONSE, corrected));
    return true;
  }

  private boolean isHeard(ByteBuf in, int body, int prefixLength) {
    int name = body + 4;
    int zero = CString.end(in, name, body + prefixLength);
    return link != null && link.hears(in.toString(name, zero - name, StandardCharsets.UTF_8));
  }

  private void parameter(ByteBuf in, int body, int bodyLength, boolean own) {
    int zero = in.indexOf(body, body + bodyLength, (byte) 0);
    if (zero < 0 || in.getByte(body + bodyLength - 1) != 0 || zero == body + bodyLength - 1) {
      violation("malformed ParameterStatus");
      return;
    }
    String name = in.toString(body, zero - body, StandardCharsets.UTF_8);
    String value = in.toString(zero + 1, body + bodyLength - zero - 2, StandardCharsets.UTF_8);
    connection.reported().put(name, value);
    if (link != null && !own) {
      link.parameterChanged(name, value);
    }
  }

  @Override
  public void pass(ByteBuf run) {
    if (link == null) {
      run.release();
    } else {
      link.replies(run);
    }
  }

  /** What Howdah must say comes before the frame at hand. */
  private void sayMadeUpBefore() {
    if (ledger.hasMadeUp()) {
      reader.passSoFar();
      say(ledger.nextMadeUp());
      sayMadeUp();
    }
  }

  /** Says what Howdah must say itself, now that all before it is answered. */
  void sayMadeUp() {
    if (reader.isWithinPassed()) {
      return;
    }
    for (byte type = ledger.nextMadeUp(); type != 0; type = ledger.nextMadeUp()) {
      say(type);
    }
  }

  private void say(byte type) {
    if (link != null && type != ReplyLedger.SAID_BY_NOTE) {
      link.replies(BackendMessages.bodyless(connection.alloc().buffer(5), type));
    }
  }

  /** The stream can't be trusted any more. */
  void violation(String what) {
    // Or the client would lack the rest of a message of which it has got a part.
    reader.passSoFar();
    connection.end().violated(what);
  }
}
