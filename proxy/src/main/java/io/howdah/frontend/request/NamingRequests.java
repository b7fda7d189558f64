package io.howdah.frontend.request;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.statement.Binding;
import io.howdah.backend.statement.DeclaredStatement;
import io.howdah.backend.statement.ServerNames;
import io.howdah.backend.statement.Statement;
import io.howdah.error.PgError;
import io.howdah.frontend.lease.Lease;
import io.howdah.frontend.naming.StatementNames;
import io.howdah.frontend.prepared.DescribedStatements;
import io.howdah.frontend.prepared.UnnamedStatement;
import io.howdah.frontend.prepared.UnsettledNames;
import io.howdah.frontend.retry.Retry;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.OwnMessages;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.route.fact.Reason;
import io.howdah.wire.CString;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * Parse and Close on their way to a server: the messages that give names to prepared statements and
 * take them away. The client's names become Howdah's own, under which all sessions share a
 * statement; in session mode they stay as they are.
 *
 * <p>Thread: the session's event loop.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html">PostgreSQL, section
 *     54.2.3</a>
 */
final class NamingRequests {
  /** The server looks at so many bytes of a name. */
  private static final int MAX_NAME_BYTES = 63;

  private final SessionState state;
  private final StatementNames names;
  private final UnsettledNames unsettled;
  private final Retry retry;
  private final SequenceValues sequences;
  private final OwnMessages own;
  private final Lease lease;
  private final Prerequisites prerequisites;
  private final ServerPlans plans;
  private final Attachment attachment;

  NamingRequests(
      SessionState state,
      StatementNames names,
      Retry retry,
      SequenceValues sequences,
      OwnMessages own,
      Lease lease,
      Prerequisites prerequisites,
      ServerPlans plans) {
    this.state = state;
    this.attachment = state.attachment;
    this.names = names;
    this.unsettled = new UnsettledNames(state.names);
    this.retry = retry;
    this.sequences = sequences;
    this.own = own;
    this.lease = lease;
    this.prerequisites = prerequisites;
    this.plans = plans;
  }

  /** A simple query is being sent, which does away with the unnamed statement. */
  void unnamedGone() {
    attachment.server().statements().forgetUnnamed(!attachment.server().ledger().mayVoid());
    if (attachment.server().ledger().isBatchOpen()) {
      // Unless an error in that makes it void: so it is believed when its turn has come.
      attachment
          .server()
          .messages()
          .makeUp(
              Entry.DESCRIBE_PORTAL,
              state.unnamed.becomes(null, attachment.server().statements().batch()));
    } else {
      lease.hasUnnamed(false);
      state.unnamed.gone();
    }
  }

  /** Sends a Parse, or tells what becomes of it instead. */
  Verdict parse(int bodyLength, ByteBuf in, int start, int end) {
    int body = start + Protocol.HEADER_BYTES;
    int bodyEnd = (int) Math.min((long) body + bodyLength, end);
    int nameEnd = CString.end(in, body, bodyEnd);
    boolean named = nameEnd > body;
    if (state.statements.isTooLong(bodyLength)) {
      return named ? parseUnread(in, body, nameEnd) : parseUnreadUnnamed();
    }
    Statement statement =
        state.statements.parse(in, nameEnd + 1, bodyEnd, state.reading(), state.context.variant());
    Wait elsewhere =
        statement.facts().effects().isEmpty() ? null : prerequisites.elsewhere(statement.facts());
    if (elsewhere != null) {
      return state.session.stop(elsewhere);
    }
    boolean ofNames = names.concerns(statement.facts());
    if (ofNames && names.mustSettle() || named && names.mustWait()) {
      return state.session.stop(Wait.Replies.ORDER);
    }
    if (named && state.renames() && state.names.get(in, body, nameEnd) != null) {
      return parseTaken(in, body, nameEnd);
    }
    PgError refusal = refusalOf(named, statement);
    if (refusal != null) {
      own.refuse(refusal);
      return Verdict.DROP;
    }
    if (statement.facts().reason() == Reason.OWN_SETTING) {
      return parseOwn(statement, in, body, nameEnd);
    }
    own.wrote(sequences.ahead(statement.facts()));
    if (ofNames) {
      names.alignment.forMessage(statement.facts(), false);
    }
    retry.types.prepares(statement);
    long next = (long) body + bodyLength;
    return named
        ? parseNamed(statement, in, body, nameEnd, next, end)
        : parseUnnamed(statement, in, next, end);
  }

  /** A statement about Howdah's own settings, which no server must know. */
  private Verdict parseOwn(Statement statement, ByteBuf in, int from, int to) {
    ReplyLedger.Note note;
    if (to == from) {
      lease.hasUnnamed(false);
      note = state.unnamed.becomes(statement, attachment.server().statements().batch());
    } else {
      note = becomes(bytes(in, from, to), statement);
    }
    own.follow();
    attachment.server().messages().makeUp(Entry.PARSE, note);
    return Verdict.DROP;
  }

  private PgError refusalOf(boolean named, Statement statement) {
    boolean counts = named || statement.bytes() > UnnamedStatement.COUNTED_BYTES;
    return counts && state.renames() ? state.limits.refusal(named, statement.bytes()) : null;
  }

  private Verdict parseNamed(
      Statement statement, ByteBuf in, int from, int to, long next, int end) {
    if (state.renames()) {
      own.follow();
      byte[] name = bytes(in, from, to);
      boolean fresh = state.names.nameOf(statement.serverName()) == null;
      attachment
          .server()
          .statements()
          .parseForClient(
              statement,
              becomes(name, statement),
              fresh,
              isToldAnyway(statement, in, next, end)
                  ? null
                  : question -> unsettled.replace(name, statement, plans.replaced(question)));
      plans.prepared(statement, true);
      return Verdict.DROP;
    }
    boolean taken = state.names.get(in, from, to) != null;
    attachment.server().expect(Entry.PARSE, taken ? null : becomes(bytes(in, from, to), statement));
    return Verdict.PASS;
  }

  private Verdict parseUnnamed(Statement statement, ByteBuf in, long next, int end) {
    lease.hasUnnamed(false);
    ReplyLedger.Note note =
        state.unnamed.becomes(statement, attachment.server().statements().batch());
    if (state.keepsNameless(statement.facts())) {
      own.follow();
      attachment
          .server()
          .statements()
          .parseForClient(
              statement,
              note,
              true,
              isToldAnyway(statement, in, next, end)
                  ? null
                  : question -> state.unnamed.replace(statement, plans.replaced(question)));
      plans.prepared(statement, true);
      return Verdict.DROP;
    }
    attachment.server().statements().expectUnnamedParse(statement, note);
    if (state.renames()) {
      plans.prepared(statement, false);
    }
    return Verdict.PASS;
  }

  /** Whether the client asks in this batch what it gets, and has nothing else to be told. */
  private static boolean isToldAnyway(Statement statement, ByteBuf in, long next, int end) {
    return !statement.mustBeCompared()
        || !statement.hasParameters() && DescribedStatements.isPortalDescribed(in, next, end);
  }

  /** A Parse whose text is too long to be known goes on under the client's own name. */
  private Verdict parseUnread(ByteBuf in, int from, int to) {
    if (state.renames()) {
      if (names.mustSettle()) {
        return state.session.stop(Wait.Replies.ORDER);
      }
      if (state.names.get(in, from, to) != null) {
        return parseTaken(in, from, to);
      }
      if (ServerNames.isReserved(in, from, to)) {
        own.refuse(new PgError.DuplicatePreparedStatement(text(in, from, to)));
        return Verdict.DROP;
      }
      names.alignment.forName(in, from, to, null);
    }
    state.pin("a prepared statement longer than routing.max-scanned-bytes");
    attachment.server().expect(Entry.PARSE, null);
    return Verdict.PASS;
  }

  private Verdict parseUnreadUnnamed() {
    lease.hasUnnamed(true);
    attachment
        .server()
        .statements()
        .expectUnnamedParse(
            null, state.unnamed.becomes(null, attachment.server().statements().batch()));
    return Verdict.PASS;
  }

  /** A Parse of a name that is taken. */
  private Verdict parseTaken(ByteBuf in, int from, int to) {
    if (names.mustSettle()) {
      return state.session.stop(Wait.Replies.ORDER);
    }
    if (ServerNames.isReserved(in, from, to)) {
      own.refuse(new PgError.DuplicatePreparedStatement(text(in, from, to)));
      return Verdict.DROP;
    }
    names.alignment.forTaken(in, from, to);
    return Verdict.PASS;
  }

  /** Sends a Close, or tells what becomes of it instead. */
  Verdict close(int bodyLength, ByteBuf in, int start) {
    int body = start + Protocol.HEADER_BYTES;
    int nameEnd = CString.end(in, body + 1, body + bodyLength);
    if (in.getByte(body) != 'S') {
      attachment.server().expect(Entry.CLOSE, null);
      return Verdict.PASS;
    }
    if (nameEnd == body + 1) {
      lease.hasUnnamed(false);
      attachment
          .server()
          .statements()
          .expectUnnamedClose(
              state.unnamed.becomes(null, attachment.server().statements().batch()));
      return Verdict.PASS;
    }
    if (names.mustWait()) {
      return state.session.stop(Wait.Replies.ORDER);
    }
    Binding binding = state.names.get(in, body + 1, nameEnd);
    byte[] name = bytes(in, body + 1, nameEnd);
    if (!state.renames()) {
      attachment.server().expect(Entry.CLOSE, binding == null ? null : becomes(name, null));
      return Verdict.PASS;
    }
    return close(binding, name);
  }

  private Verdict close(Binding binding, byte[] name) {
    String chars = new String(name, StandardCharsets.ISO_8859_1);
    if (binding == null && !chars.startsWith(Statement.PREFIX)) {
      if (names.mustSettle()) {
        return state.session.stop(Wait.Replies.ORDER);
      }
      attachment
          .server()
          .expect(Entry.CLOSE, attachment.server().statements().names().closing(chars));
      return Verdict.PASS;
    }
    if (binding instanceof DeclaredStatement && names.mustSettle()) {
      return state.session.stop(Wait.Replies.ORDER);
    }
    if (binding instanceof Statement statement) {
      names.errors.closed(name, statement);
    }
    own.follow();
    attachment.server().messages().makeUp(Entry.CLOSE, becomes(name, null));
    return Verdict.DROP;
  }

  /** The name stands for this from now on, unless the message turns out void. */
  private ReplyLedger.Note becomes(byte[] name, Binding binding) {
    return names.noteOf(unsettled.becomes(name, binding));
  }

  private static byte[] bytes(ByteBuf in, int from, int to) {
    return ByteBufUtil.getBytes(in, from, Math.min(to - from, MAX_NAME_BYTES));
  }

  private static String text(ByteBuf in, int from, int to) {
    return in.toString(from, to - from, StandardCharsets.UTF_8);
  }
}
