package io.howdah.frontend.request;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.statement.Binding;
import io.howdah.backend.statement.ServerNames;
import io.howdah.backend.statement.Statement;
import io.howdah.error.PgError;
import io.howdah.frontend.effect.Effects;
import io.howdah.frontend.lease.Lease;
import io.howdah.frontend.naming.StatementNames;
import io.howdah.frontend.parameter.HowdahReplies;
import io.howdah.frontend.prepared.Portals;
import io.howdah.frontend.prepared.StatementFinder;
import io.howdah.frontend.retry.Retry;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.OwnMessages;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.wire.CString;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.Protocol;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Bind, Describe and Execute on their way to a server: the messages that use prepared statements.
 * Where {@link NamingRequests} gave a statement a name of Howdah's own, that stands in for the
 * client's; a server connection that lacks a statement gets it first.
 *
 * <p>Thread: the session's event loop.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html">PostgreSQL, section
 *     54.2.3</a>
 */
final class ExtendedRequests {
  private static final int MAX_NAMES_BYTES = 8192;

  /** What a portal does whose Bind was refused. */
  private static final Statement REFUSED = new Statement(new byte[3], StatementFinder.NOTHING, 0);

  private final SessionState state;
  private final Client session;
  private final HowdahReplies howdah;
  private final Effects effects;
  private final StatementNames names;
  private final Retry retry;
  private final SequenceValues sequences;
  private final OwnMessages own;
  private final Lease lease;
  private final Prerequisites prerequisites;
  private final ServerPlans plans;
  private final Portals portals = new Portals();
  private final Attachment attachment;

  /** What the last Execute runs. */
  private Facts executed = StatementFinder.NOTHING;

  ExtendedRequests(
      SessionState state,
      HowdahReplies howdah,
      Effects effects,
      StatementNames names,
      Retry retry,
      SequenceValues sequences,
      OwnMessages own,
      Lease lease,
      Prerequisites prerequisites,
      ServerPlans plans) {
    this.state = state;
    this.attachment = state.attachment;
    this.session = state.session;
    this.howdah = howdah;
    this.effects = effects;
    this.names = names;
    this.retry = retry;
    this.sequences = sequences;
    this.own = own;
    this.lease = lease;
    this.prerequisites = prerequisites;
    this.plans = plans;
  }

  /** They go to this connection from now on. */
  void begin() {
    portals.begin();
  }

  /** The facts of the statement that was bound last. */
  Facts lastBound() {
    return portals.last().facts();
  }

  /** The facts of the statement that was executed last. */
  Facts lastExecuted() {
    return executed;
  }

  /** No transaction is open. */
  void transactionEnded() {
    portals.transactionEnded();
  }

  /** Sends a Bind, or tells what becomes of it instead. */
  Verdict bind(int bodyLength, ByteBuf in, int start, int end) {
    int body = start + Protocol.HEADER_BYTES;
    int frameEnd = (int) Math.min((long) body + bodyLength, Integer.MAX_VALUE);
    int present = Math.min(frameEnd, end);
    int portalEnd = in.indexOf(body, present, (byte) 0);
    int nameEnd = portalEnd < 0 ? -1 : in.indexOf(portalEnd + 1, present, (byte) 0);
    if (nameEnd < 0) {
      if (present == frameEnd || present - body > MAX_NAMES_BYTES) {
        throw new ProtocolException("invalid string in message");
      }
      return Verdict.MORE;
    }
    boolean named = nameEnd > portalEnd + 1;
    if (named ? names.mustWait() : names.mustWaitForUnnamed()) {
      return session.stop(Wait.Replies.ORDER);
    }
    Binding binding = named ? state.names.get(in, portalEnd + 1, nameEnd) : state.unnamed.get();
    Wait elsewhere =
        binding == null || binding.facts().effects().isEmpty()
            ? null
            : prerequisites.elsewhere(binding.facts());
    if (elsewhere != null) {
      return session.stop(elsewhere);
    }
    BoundValues values = BoundValues.of(binding, in, nameEnd + 1, present);
    if (values != null && values.wantMore(present - body, frameEnd - body)) {
      return Verdict.MORE;
    }
    Verdict instead = state.renames() ? prepareFor(binding, in, portalEnd + 1, nameEnd) : null;
    if (instead != null) {
      return instead;
    }
    portals.bound(in, body, portalEnd, binding, named);
    portals.last().known(values == null ? null : values.facts());
    Facts facts = portals.last().facts();
    own.wrote(sequences.before(facts));
    PgError refusal = howdah.refusal(facts, attachment.server().ledger().status());
    if (refusal != null) {
      own.refuse(refusal);
      portals.bound(in, body, portalEnd, REFUSED, named);
      return Verdict.DROP;
    }
    if (facts.reason() == Reason.OWN_SETTING) {
      own.follow();
      attachment.server().messages().makeUp(Entry.BIND, null);
      return Verdict.DROP;
    }
    attachment.server().suspects().sent(portals.last().statement(), facts.reason().hidesEffects());
    if (!(binding instanceof Statement statement) || !state.renames()) {
      attachment.server().expect(Entry.BIND, null);
      return Verdict.PASS;
    }
    boolean renamed = named || state.keepsNameless(facts);
    Verdict unlike = plans.forBind(statement, renamed, named, in, nameEnd + 1, frameEnd, end);
    if (unlike != null) {
      return unlike;
    }
    if (renamed) {
      own.follow();
    }
    attachment.server().expect(Entry.BIND, statement);
    if (!named) {
      retry.types.bindsUnnamed(statement);
    }
    return renamed ? bindUnder(statement, bodyLength, in, body, portalEnd, nameEnd) : Verdict.PASS;
  }

  /** Puts Howdah's name in the place of the client's; the rest passes. */
  private Verdict bindUnder(
      Statement statement, int bodyLength, ByteBuf in, int body, int portalEnd, int nameEnd) {
    attachment
        .server()
        .write(
            RenamedMessages.bindHead(
                session.channel().alloc(), statement, bodyLength, in, body, portalEnd, nameEnd));
    return session.reader().passFrom(nameEnd + 1);
  }

  /**
   * Brings into line what the name in a Bind or Describe needs there, besides a statement under a
   * name of Howdah's. The verdict when the message must not go on, or null.
   */
  private Verdict prepareFor(Binding binding, ByteBuf in, int from, int to) {
    if (binding instanceof Statement statement) {
      if (!names.concerns(statement.facts())) {
        return null;
      }
      if (names.mustSettle()) {
        return session.stop(Wait.Replies.ORDER);
      }
      names.alignment.forMessage(statement.facts(), false);
      return null;
    }
    if (from == to) {
      if (!lease.hasUnnamed()) {
        dropUnnamed();
      }
      return null;
    }
    if (names.mustSettle()) {
      return session.stop(Wait.Replies.ORDER);
    }
    if (binding == null && ServerNames.isReserved(in, from, to)) {
      String name = in.toString(from, to - from, StandardCharsets.UTF_8);
      own.refuse(new PgError.NoSuchPreparedStatement(name));
      return Verdict.DROP;
    }
    names.alignment.forName(in, from, to, binding);
    return null;
  }

  /** Another session's unnamed statement must not answer for one that this session lacks. */
  private void dropUnnamed() {
    if (attachment.server().statements().mayHaveUnnamed()) {
      own.follow();
      attachment.server().statements().dropUnnamed();
    }
  }

  /** Sends a Describe, or tells what becomes of it instead. */
  Verdict describe(int bodyLength, ByteBuf in, int start) {
    int body = start + Protocol.HEADER_BYTES;
    int nameEnd = CString.end(in, body + 1, body + bodyLength);
    if (in.getByte(body) == 'S') {
      return describeStatement(in, body + 1, nameEnd);
    }
    Portals.Portal portal = portals.get(in, body + 1, nameEnd);
    retry.types.describes(portal.statement(), portal.isOfNamed());
    if (portal.facts().reason() == Reason.OWN_SETTING) {
      own.follow();
      howdah.describe(attachment.server(), portal.facts(), false);
      return Verdict.DROP;
    }
    attachment.server().expect(Entry.DESCRIBE_PORTAL, portal.learner());
    return Verdict.PASS;
  }

  private Verdict describeStatement(ByteBuf in, int from, int to) {
    boolean named = to > from;
    if (named ? names.mustWait() : names.mustWaitForUnnamed()) {
      return session.stop(Wait.Replies.ORDER);
    }
    Binding binding = named ? state.names.get(in, from, to) : state.unnamed.get();
    if (binding != null && binding.facts().reason() == Reason.OWN_SETTING) {
      own.follow();
      howdah.describe(attachment.server(), binding.facts(), true);
      return Verdict.DROP;
    }
    Verdict instead = state.renames() ? prepareFor(binding, in, from, to) : null;
    if (instead != null) {
      return instead;
    }
    if (!(binding instanceof Statement statement) || !state.renames()) {
      attachment.server().expect(Entry.DESCRIBE_STATEMENT, null);
      return Verdict.PASS;
    }
    boolean renamed = named || state.keepsNameless(statement.facts());
    Verdict unlike = plans.forDescribe(statement, renamed);
    if (unlike != null) {
      return unlike;
    }
    retry.types.describes(statement, named);
    attachment.server().expect(Entry.DESCRIBE_STATEMENT, plans.noteOfDescribe(statement, renamed));
    if (!renamed) {
      return Verdict.PASS;
    }
    own.follow();
    attachment.server().write(RenamedMessages.describe(session.channel().alloc(), statement));
    return Verdict.DROP;
  }

  /** Sends an Execute, or tells what becomes of it instead. */
  Verdict execute(int bodyLength, ByteBuf in, int start) {
    int body = start + Protocol.HEADER_BYTES;
    int nameEnd = CString.end(in, body, body + bodyLength);
    Portals.Portal portal = portals.get(in, body, nameEnd);
    Facts facts = portal.facts();
    executed = facts;
    if (facts.reason() == Reason.OWN_SETTING) {
      PgError failure = howdah.failure(facts);
      if (failure != null) {
        own.refuse(failure);
        return Verdict.DROP;
      }
      Wait wait = howdah.waitFor(facts);
      if (wait != null) {
        return session.stop(wait);
      }
      own.follow();
      howdah.execute(attachment.server(), facts);
      return Verdict.DROP;
    }
    Verdict held = facts.effects().isEmpty() ? null : prerequisites.listenFirst(facts, false);
    if (held != null) {
      return held;
    }
    if (!names.concerns(facts)) {
      ReplyLedger.Note note = effects.noteOf(facts);
      return pass(facts, note == null ? portal.statement() : note, bodyLength, in, start);
    }
    if (names.mustSettle()) {
      return session.stop(Wait.Replies.ORDER);
    }
    PgError refusal = names.refusal(facts);
    if (refusal != null) {
      own.refuse(refusal);
      return Verdict.DROP;
    }
    names.alignment.forMessage(facts, true);
    return pass(facts, names.noteOf(facts), bodyLength, in, start);
  }

  /** Has an Execute go on, and what has to follow it. */
  private Verdict pass(Facts facts, ReplyLedger.Note note, int bodyLength, ByteBuf in, int start) {
    attachment.server().expect(Entry.EXECUTE, note);
    if (facts.effects().isEmpty() || !state.startupValues.concern(facts)) {
      return Verdict.PASS;
    }
    own.follow();
    attachment.server().write(in.retainedSlice(start, Protocol.HEADER_BYTES + bodyLength));
    List<String> behind = state.startupValues.behind(facts);
    for (int i = 0; i < behind.size(); i++) {
      boolean last = i == behind.size() - 1;
      attachment
          .server()
          .statements()
          .names()
          .run(
              behind.get(i), last && facts.discardsAll() ? effects.settings.startupIsBack() : null);
    }
    return Verdict.DROP;
  }
}
