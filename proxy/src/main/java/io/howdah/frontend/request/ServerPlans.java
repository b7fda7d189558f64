package io.howdah.frontend.request;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.statement.ServerStatements;
import io.howdah.backend.statement.ShapeQuestion;
import io.howdah.backend.statement.Statement;
import io.howdah.error.PgError;
import io.howdah.frontend.retry.Retry;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.OwnMessages;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.route.fact.Kind;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;

/**
 * Has the server connection at hand get the statements that a client uses, and sees to it that what
 * the client was told of their types holds there: parameters keep them, and rows of another type
 * are refused, as PostgreSQL refuses them. Only where a statement comes to a connection that lacks
 * it is an answer awaited for that.
 *
 * <p>Thread: the session's event loop.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-prepare.html">PostgreSQL, PREPARE</a>
 */
final class ServerPlans {
  private final SessionState state;
  private final Retry retry;
  private final OwnMessages own;
  private final ShapeQuestion.Surprise otherwise = this::isOtherwise;
  private final ShapeQuestion.Surprise unnamedOtherwise = this::unnamedIsOtherwise;
  private final Attachment attachment;
  private boolean awaited;

  /** What the client prepared last, if nobody knows its types and nobody has asked yet; or null. */
  private Statement unknown;

  private boolean unknownIsNamed;

  ServerPlans(SessionState state, Retry retry, OwnMessages own) {
    this.state = state;
    this.attachment = state.attachment;
    this.retry = retry;
    this.own = own;
  }

  /** They come to this connection from now on. */
  void begin() {
    awaited = false;
    unknown = null;
  }

  /** Whether the last message has to wait for what a statement is here; asked once. */
  boolean takeAwaited() {
    boolean was = awaited;
    awaited = false;
    return was;
  }

  /**
   * The client's own Parse was sent. If it neither asks for types nor uses them in this batch, the
   * server is asked: whatever happens until it uses them, they are those of now.
   */
  void prepared(Statement statement, boolean named) {
    Kind kind = statement.facts().kind();
    if (!statement.knowsRows()
        && (kind == Kind.READ || kind == Kind.WRITE)
        && statement.hasLastingShape()) {
      unknown = statement;
      unknownIsNamed = named;
    }
  }

  /** Whether something was prepared and not used yet, of which nobody knows the types. */
  boolean mayHaveToAsk() {
    return unknown != null;
  }

  /** The message behind that is about to be sent. */
  void before(byte type) {
    switch (type) {
      case FrontendType.BIND, FrontendType.DESCRIBE -> {}
      case FrontendType.QUERY, FrontendType.FUNCTION_CALL -> unknown = null;
      default -> askForUnknown();
    }
  }

  private void askForUnknown() {
    Statement statement = unknown;
    unknown = null;
    if (!attachment.server().ledger().isSkipping()
        && attachment.server().ledger().status() != 'E') {
      own.follow();
      attachment.server().statements().ask(statement, unknownIsNamed, otherwise);
    }
  }

  /**
   * A Bind is about to be sent.
   *
   * @param named whether under a name of Howdah's, else as the unnamed statement
   * @param hasName whether it has a name of the client's
   * @param from where it goes on behind its names
   * @param frameEnd where the next message begins
   * @param end the end of what has been read
   * @return what becomes of it instead, or null
   */
  Verdict forBind(
      Statement statement,
      boolean named,
      boolean hasName,
      ByteBuf in,
      int from,
      int frameEnd,
      int end) {
    ServerStatements there = attachment.server().statements();
    int present = Math.min(frameEnd, end);
    if (statement.isOutdated()
        && (named
            ? retry.types.misleads(
                statement,
                !hasName || BindFormats.showKnownRows(in, from, present),
                in,
                frameEnd,
                end)
            : !there.hasUnnamed(statement))) {
      own.refuse(new PgError.OutdatedPlan());
      return Verdict.DROP;
    }
    if (!there.isReady(statement, named)) {
      Verdict wait = prepare(statement, named);
      if (wait != null) {
        return wait;
      }
    }
    if (unknown == statement) {
      unknown = null;
    }
    if (isToBeLearnt(statement, in, from, present)) {
      own.follow();
      there.ask(statement, named, otherwise);
    }
    return null;
  }

  /** The client knows types that nobody has told it through Howdah. */
  private boolean isToBeLearnt(Statement statement, ByteBuf in, int from, int present) {
    return !(statement.knowsRows() && statement.knowsParameters())
        && (!statement.knowsRows() && BindFormats.showKnownRows(in, from, present)
            || !statement.knowsParameters()
                && BindFormats.showKnownParameters(statement, in, from, present))
        && statement.hasLastingShape()
        && !statement.isOutdated()
        && !attachment.server().ledger().isSkipping()
        && attachment.server().ledger().status() != 'E';
  }

  /** A Describe of a statement is about to be sent. What becomes of it instead, or null. */
  Verdict forDescribe(Statement statement, boolean named) {
    if (unknown == statement) {
      unknown = null;
    }
    return attachment.server().statements().isReady(statement, named)
        ? null
        : prepare(statement, named);
  }

  /** The note of that Describe. */
  ReplyLedger.Note noteOfDescribe(Statement statement, boolean named) {
    return attachment
        .server()
        .statements()
        .describing(statement, named, named ? otherwise : unnamedOtherwise);
  }

  /** A client prepared a text that the server takes for something else than others did before. */
  Statement replaced(ShapeQuestion question) {
    Statement now = state.statements.renew(question);
    retry.types.replaced(question.statement(), now);
    return now;
  }

  private Verdict prepare(Statement statement, boolean named) {
    own.follow();
    if (!attachment.server().statements().ensure(statement, named, otherwise)) {
      return null;
    }
    awaited = true;
    own.askForAnswers();
    return state.session.stop(Wait.Replies.ORDER);
  }

  /** Parameters have the types that were told, or it is prepared anew with those. */
  private void isOtherwise(ShapeQuestion question) {
    if (!question.isNamed()) {
      attachment.server().statements().outdated(question.statement());
    }
    if (!question.hasSameRows()) {
      state.statements.renew(question.statement());
    }
  }

  /** The client prepared it here, and hears what it is. */
  private void unnamedIsOtherwise(ShapeQuestion question) {
    Statement now = replaced(question);
    state.unnamed.replace(question.statement(), now);
    attachment.server().statements().replaceUnnamed(question.statement(), now);
  }
}
