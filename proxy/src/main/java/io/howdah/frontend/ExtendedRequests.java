package io.howdah.frontend;

import io.howdah.backend.Binding;
import io.howdah.backend.DeclaredStatement;
import io.howdah.backend.ReplyLedger;
import io.howdah.backend.ReplyLedger.Entry;
import io.howdah.backend.ServerConnection;
import io.howdah.backend.ServerNames;
import io.howdah.backend.Statement;
import io.howdah.config.PoolMode;
import io.howdah.error.PgError;
import io.howdah.route.Facts;
import io.howdah.route.Reason;
import io.howdah.wire.CString;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.howdah.wire.Protocol;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The messages of the extended protocol on their way to a server: the client's statement names
 * become Howdah's own, and a server connection that lacks a statement gets it first. In session
 * mode names stay as they are.
 *
 * <p>Thread: the session's event loop.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html">PostgreSQL, section
 *     54.2.3</a>
 */
final class ExtendedRequests {
  private static final int MAX_NAMES_BYTES = 8192;

  /** What a portal does whose Bind was refused. */
  private static final Statement REFUSED = new Statement(new byte[3], StatementFinder.NOTHING);

  private final SessionState state;
  private final ClientSession session;
  private final Effects effects;
  private final StatementNames names;
  private final UnsettledNames unsettled;
  private final Replay replay;
  private final SequenceValues sequences;

  private ServerConnection server;
  private Facts lastBound = StatementFinder.UNSEEN;

  /** What the unnamed portal runs, null when it is not known, and whether that has a name. */
  private Binding unnamedPortal;

  private boolean unnamedPortalIsNamed;
  private Map<String, Bound> portals = Map.of();
  private boolean wrote;

  /** The unnamed statement was too long to be kept: only this connection has it. */
  private boolean unnamedOnlyHere;

  /** What a named portal runs, null when it is not known. */
  private record Bound(Binding binding, boolean named) {
    static final Bound UNKNOWN = new Bound(null, false);
  }

  ExtendedRequests(
      SessionState state,
      Effects effects,
      StatementNames names,
      Replay replay,
      SequenceValues sequences) {
    this.replay = replay;
    this.sequences = sequences;
    this.state = state;
    this.session = state.session;
    this.effects = effects;
    this.names = names;
    this.unsettled = new UnsettledNames(state.names);
  }

  void begin(ServerConnection connection) {
    server = connection;
    lastBound = StatementFinder.UNSEEN;
    unnamedPortal = null;
    portals = Map.of();
  }

  /** Whether something was written since this was last asked. */
  boolean wrote() {
    boolean was = wrote;
    wrote = false;
    return was;
  }

  /** The facts of the statement that was bound last. */
  Facts lastBound() {
    return lastBound;
  }

  /** Whether the session can't part with its connection without losing its unnamed statement. */
  boolean holdsUnnamedHere() {
    return unnamedOnlyHere;
  }

  /** A simple query does away with the unnamed statement. */
  void unnamedGone() {
    unnamedOnlyHere = false;
    server.statements().forgetUnnamed(!server.ledger().mayVoid());
  }

  void transactionEnded() {
    if (!portals.isEmpty()) {
      portals = Map.of();
    }
  }

  private boolean renames() {
    return state.poolMode != PoolMode.SESSION;
  }

  Verdict parse(int bodyLength, ByteBuf in, int start, int end) {
    int body = start + Protocol.HEADER_BYTES;
    int bodyEnd = (int) Math.min((long) body + bodyLength, end);
    int nameEnd = CString.end(in, body, bodyEnd);
    boolean named = nameEnd > body;
    if (state.statements.isTooLong(bodyLength)) {
      return parseUnread(named, in, body, nameEnd);
    }
    Statement statement =
        state.statements.parse(in, nameEnd + 1, bodyEnd, state.reading(), state.context.variant());
    if (!statement.facts().effects().isEmpty() && state.attached.goesElsewhere(statement.facts())) {
      return Verdict.STOP;
    }
    boolean ofNames = names.concerns(statement.facts());
    if (ofNames && names.mustSettle() || named && mustWait()) {
      return Verdict.STOP;
    }
    if (named && renames() && state.names.get(in, body, nameEnd) != null) {
      return parseTaken(in, body, nameEnd);
    }
    PgError refusal = refusalOf(named, statement);
    if (refusal != null) {
      refuse(refusal);
      return Verdict.DROP;
    }
    if (statement.facts().reason() == Reason.OWN_SETTING) {
      return parseOwn(statement, in, body, nameEnd);
    }
    if (ofNames) {
      names.alignMessage(statement.facts(), false);
    }
    replay.prepares(statement);
    if (!named) {
      return parseUnnamed(statement);
    }
    if (!renames()) {
      if (state.names.get(in, body, nameEnd) == null) {
        server.expect(Entry.PARSE, becomes(bytes(in, body, nameEnd), statement));
      } else {
        server.expect(Entry.PARSE, null);
      }
      return Verdict.PASS;
    }
    ownBytesFollow();
    server.statements().parseForClient(statement, becomes(bytes(in, body, nameEnd), statement));
    return Verdict.DROP;
  }

  /** A statement about Howdah's own settings, which no server must know. */
  private Verdict parseOwn(Statement statement, ByteBuf in, int body, int nameEnd) {
    ReplyLedger.Note note;
    if (nameEnd == body) {
      unnamedOnlyHere = false;
      note = state.unnamed.becomes(statement, server.statements().batch());
    } else {
      note = becomes(bytes(in, body, nameEnd), statement);
    }
    ownBytesFollow();
    server.makeUp(Entry.PARSE, note);
    return Verdict.DROP;
  }

  /** Answers a simple query about Howdah's own settings; the server says the end of it. */
  void answerQuery(Facts facts) {
    ownBytesFollow();
    state.howdahReplies.query(server, facts);
    server.syncQuery();
  }

  private static boolean isOwn(Binding binding) {
    return binding != null && binding.facts().reason() == Reason.OWN_SETTING;
  }

  private Verdict parseUnnamed(Statement statement) {
    unnamedOnlyHere = false;
    ReplyLedger.Note note = state.unnamed.becomes(statement, server.statements().batch());
    if (keepsNameless(statement)) {
      ownBytesFollow();
      server.statements().parseForClient(statement, note);
      return Verdict.DROP;
    }
    server.statements().expectUnnamedParse(statement, note);
    return Verdict.PASS;
  }

  /** Whether an unnamed statement is kept on the server like a named one. */
  private boolean keepsNameless(Statement statement) {
    return renames()
        && session.worker.config().pool().reuseUnnamedPlans()
        && !statement.facts().usesNames();
  }

  /** A Parse whose text is too long to be known goes on under the client's own name. */
  private Verdict parseUnread(boolean named, ByteBuf in, int body, int nameEnd) {
    if (named) {
      if (renames()) {
        if (names.mustSettle()) {
          return Verdict.STOP;
        }
        if (state.names.get(in, body, nameEnd) != null) {
          return parseTaken(in, body, nameEnd);
        }
        if (isReserved(in, body, nameEnd)) {
          refuse(new PgError.DuplicatePreparedStatement(text(in, body, nameEnd)));
          return Verdict.DROP;
        }
        names.alignName(in, body, nameEnd, null);
      }
      state.pin("a prepared statement longer than routing.max-scanned-bytes");
      server.expect(Entry.PARSE, null);
    } else {
      unnamedOnlyHere = true;
      server
          .statements()
          .expectUnnamedParse(null, state.unnamed.becomes(null, server.statements().batch()));
    }
    return Verdict.PASS;
  }

  private boolean mustWaitForUnnamed() {
    return state.unnamed.isUnsettled(server.statements().batch())
        && renames()
        && names.mustSettle();
  }

  private boolean mustWait() {
    return renames() && names.isUnsettled() && names.mustSettle();
  }

  /** A Parse of a name that is taken. */
  private Verdict parseTaken(ByteBuf in, int body, int nameEnd) {
    if (names.mustSettle()) {
      return Verdict.STOP;
    }
    if (isReserved(in, body, nameEnd)) {
      refuse(new PgError.DuplicatePreparedStatement(text(in, body, nameEnd)));
      return Verdict.DROP;
    }
    names.alignTaken(in, body, nameEnd);
    return Verdict.PASS;
  }

  private PgError refusalOf(boolean named, Statement statement) {
    boolean counts = named || statement.bytes() > UnnamedStatement.COUNTED_BYTES;
    return counts && renames() ? state.limits.refusal(named, statement.bytes()) : null;
  }

  private static String text(ByteBuf in, int from, int to) {
    return in.toString(from, to - from, StandardCharsets.UTF_8);
  }

  private static boolean isReserved(ByteBuf in, int from, int to) {
    int length = ServerNames.PREFIX.length();
    return to - from >= length
        && in.toString(from, length, StandardCharsets.ISO_8859_1).equals(ServerNames.PREFIX);
  }

  /** What the client said before goes first. */
  private void ownBytesFollow() {
    session.reader().passSoFar();
    wrote = true;
  }

  /** Refuses a simple query: the server is made to fail in its place, as for a Bind. */
  void refuseQuery(PgError error) {
    session.reader().passSoFar();
    wrote = true;
    server.refuseQuery(() -> session.sendError(error));
  }

  private void refuse(PgError error) {
    ownBytesFollow();
    server.refuse(() -> session.sendError(error));
  }

  /** The name stands for this from now on, unless the message turns out void. */
  private ReplyLedger.Note becomes(byte[] name, Binding binding) {
    return names.noteOf(unsettled.becomes(name, binding));
  }

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
    if (named ? mustWait() : mustWaitForUnnamed()) {
      return Verdict.STOP;
    }
    Binding binding = named ? state.names.get(in, portalEnd + 1, nameEnd) : state.unnamed.get();
    if (binding != null
        && !binding.facts().effects().isEmpty()
        && state.attached.goesElsewhere(binding.facts())) {
      return Verdict.STOP;
    }
    Verdict instead = renames() ? prepareFor(binding, in, portalEnd + 1, nameEnd) : null;
    if (instead != null) {
      return instead;
    }
    wrote |= sequences.before(factsOf(binding));
    bound(in, body, portalEnd, binding, named);
    PgError refusal = state.refusal(lastBound, server.ledger().status());
    if (refusal != null) {
      refuse(refusal);
      bound(in, body, portalEnd, REFUSED, named);
      return Verdict.DROP;
    }
    if (isOwn(binding)) {
      ownBytesFollow();
      server.makeUp(Entry.BIND, null);
      return Verdict.DROP;
    }
    server.suspects().sent(statementOf(binding), lastBound.reason().hidesEffects());
    if (!(binding instanceof Statement statement) || !renames()) {
      server.expect(Entry.BIND, null);
      return Verdict.PASS;
    }
    if (replay.misleads(statement, named, in, (long) body + bodyLength, end)) {
      session.reader().passSoFar();
      wrote = true;
      refuse(new PgError.OutdatedPlan());
      return Verdict.DROP;
    }
    boolean renamed = named || keepsNameless(statement);
    bring(statement, renamed);
    server.expect(Entry.BIND, statement);
    if (!named) {
      replay.bindsUnnamed(statement);
    }
    if (!renamed) {
      return Verdict.PASS;
    }
    byte[] name = statement.serverName();
    int portalBytes = portalEnd + 1 - body;
    ByteBuf head = session.channel().alloc().buffer(5 + portalBytes + name.length);
    head.writeByte(FrontendType.BIND)
        .writeInt(4 + bodyLength - (nameEnd - portalEnd) + name.length)
        .writeBytes(in, body, portalBytes)
        .writeBytes(name);
    server.write(head);
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
        return Verdict.STOP;
      }
      names.alignMessage(statement.facts(), false);
      return null;
    }
    if (from == to) {
      if (!unnamedOnlyHere) {
        dropUnnamed();
      }
      return null;
    }
    if (names.mustSettle()) {
      return Verdict.STOP;
    }
    if (binding == null && isReserved(in, from, to)) {
      refuse(new PgError.NoSuchPreparedStatement(text(in, from, to)));
      return Verdict.DROP;
    }
    names.alignName(in, from, to, binding);
    return null;
  }

  /** Another session's unnamed statement must not answer for one that this session lacks. */
  private void dropUnnamed() {
    if (server.statements().mayHaveUnnamed()) {
      ownBytesFollow();
      server.statements().dropUnnamed();
    }
  }

  /**
   * Has the server get a statement that the message at hand uses, behind what the client said
   * before.
   */
  private void bring(Statement statement, boolean named) {
    if (!named && server.statements().hasUnnamed(statement)) {
      return;
    }
    ownBytesFollow();
    if (named) {
      server.statements().ensure(statement);
    } else {
      server.statements().ensureUnnamed(statement);
    }
  }

  private void bound(ByteBuf in, int body, int portalEnd, Binding binding, boolean named) {
    lastBound = factsOf(binding);
    if (portalEnd == body) {
      unnamedPortal = binding;
      unnamedPortalIsNamed = named;
      return;
    }
    if (portals.isEmpty()) {
      portals = new HashMap<>();
    }
    portals.put(
        in.toString(body, portalEnd - body, StandardCharsets.UTF_8), new Bound(binding, named));
  }

  private static Facts factsOf(Binding binding) {
    return binding == null ? StatementFinder.UNSEEN : binding.facts();
  }

  /** The statement of the extended protocol that it is, or null. */
  private static Statement statementOf(Binding binding) {
    return binding instanceof Statement statement ? statement : null;
  }

  private Bound namedPortal(ByteBuf in, int from, int to) {
    return portals.getOrDefault(
        in.toString(from, to - from, StandardCharsets.UTF_8), Bound.UNKNOWN);
  }

  Verdict describe(int bodyLength, ByteBuf in, int start) {
    int body = start + Protocol.HEADER_BYTES;
    int nameEnd = CString.end(in, body + 1, body + bodyLength);
    if (in.getByte(body) != 'S') {
      Binding bound;
      if (nameEnd == body + 1) {
        bound = unnamedPortal;
        replay.describes(statementOf(unnamedPortal), unnamedPortalIsNamed);
      } else {
        Bound portal = namedPortal(in, body + 1, nameEnd);
        bound = portal.binding();
        replay.describes(statementOf(portal.binding()), portal.named());
      }
      if (isOwn(bound)) {
        ownBytesFollow();
        state.howdahReplies.describe(server, bound.facts(), false);
        return Verdict.DROP;
      }
      server.expect(Entry.DESCRIBE_PORTAL, null);
      return Verdict.PASS;
    }
    boolean named = nameEnd > body + 1;
    if (named ? mustWait() : mustWaitForUnnamed()) {
      return Verdict.STOP;
    }
    Binding binding = named ? state.names.get(in, body + 1, nameEnd) : state.unnamed.get();
    if (isOwn(binding)) {
      ownBytesFollow();
      state.howdahReplies.describe(server, binding.facts(), true);
      return Verdict.DROP;
    }
    Verdict instead = renames() ? prepareFor(binding, in, body + 1, nameEnd) : null;
    if (instead != null) {
      return instead;
    }
    if (!(binding instanceof Statement statement) || !renames()) {
      server.expect(Entry.DESCRIBE_STATEMENT, null);
      return Verdict.PASS;
    }
    boolean renamed = named || keepsNameless(statement);
    bring(statement, renamed);
    replay.describes(statement, named);
    server.expect(Entry.DESCRIBE_STATEMENT, statement);
    if (!renamed) {
      return Verdict.PASS;
    }
    ownBytesFollow();
    byte[] name = statement.serverName();
    server.write(
        session
            .channel()
            .alloc()
            .buffer(6 + name.length)
            .writeByte(FrontendType.DESCRIBE)
            .writeInt(5 + name.length)
            .writeByte('S')
            .writeBytes(name));
    return Verdict.DROP;
  }

  Verdict execute(int bodyLength, ByteBuf in, int start) {
    int body = start + Protocol.HEADER_BYTES;
    int nameEnd = CString.end(in, body, body + bodyLength);
    Binding binding = nameEnd == body ? unnamedPortal : namedPortal(in, body, nameEnd).binding();
    Facts facts = factsOf(binding);
    if (isOwn(binding)) {
      if (!state.howdahReplies.isAtHand(facts)) {
        return Verdict.STOP;
      }
      ownBytesFollow();
      state.howdahReplies.execute(server, facts);
      return Verdict.DROP;
    }
    Verdict held = facts.effects().isEmpty() ? null : state.attached.listenFirst(facts, false);
    if (held != null) {
      return held;
    }
    if (!names.concerns(facts)) {
      ReplyLedger.Note note = effects.noteOf(facts);
      server.expect(Entry.EXECUTE, note == null ? statementOf(binding) : note);
      return Verdict.PASS;
    }
    if (names.mustSettle()) {
      return Verdict.STOP;
    }
    PgError refusal = names.refusal(facts);
    if (refusal != null) {
      refuse(refusal);
      return Verdict.DROP;
    }
    names.alignMessage(facts, true);
    server.expect(Entry.EXECUTE, names.noteOf(facts));
    return Verdict.PASS;
  }

  Verdict close(int bodyLength, ByteBuf in, int start) {
    int body = start + Protocol.HEADER_BYTES;
    int nameEnd = CString.end(in, body + 1, body + bodyLength);
    if (in.getByte(body) != 'S') {
      server.expect(Entry.CLOSE, null);
      return Verdict.PASS;
    }
    if (nameEnd == body + 1) {
      unnamedOnlyHere = false;
      server
          .statements()
          .expectUnnamedClose(state.unnamed.becomes(null, server.statements().batch()));
      return Verdict.PASS;
    }
    if (mustWait()) {
      return Verdict.STOP;
    }
    Binding binding = state.names.get(in, body + 1, nameEnd);
    if (!renames()) {
      server.expect(
          Entry.CLOSE, binding == null ? null : becomes(bytes(in, body + 1, nameEnd), null));
      return Verdict.PASS;
    }
    return close(binding, in, body + 1, nameEnd);
  }

  private Verdict close(Binding binding, ByteBuf in, int from, int to) {
    byte[] name = bytes(in, from, to);
    String chars = new String(name, StandardCharsets.ISO_8859_1);
    ServerNames there = server.statements().names();
    if (binding == null && !chars.startsWith(ServerNames.PREFIX)) {
      if (names.mustSettle()) {
        return Verdict.STOP;
      }
      server.expect(Entry.CLOSE, there.closing(chars));
      return Verdict.PASS;
    }
    if (binding instanceof DeclaredStatement && names.mustSettle()) {
      return Verdict.STOP;
    }
    if (binding instanceof Statement statement) {
      names.closed(name, statement);
    }
    ownBytesFollow();
    server.makeUp(Entry.CLOSE, becomes(name, null));
    return Verdict.DROP;
  }

  /** A name as the server takes it: it looks at 63 bytes. */
  private static byte[] bytes(ByteBuf in, int from, int to) {
    return ByteBufUtil.getBytes(in, from, Math.min(to - from, 63));
  }
}
