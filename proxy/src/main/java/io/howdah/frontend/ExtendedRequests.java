package io.howdah.frontend;

import io.howdah.backend.ReplyLedger;
import io.howdah.backend.ReplyLedger.Entry;
import io.howdah.backend.ServerConnection;
import io.howdah.backend.Statement;
import io.howdah.config.PoolMode;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.route.Facts;
import io.howdah.wire.CString;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.howdah.wire.Protocol;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
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

  private final SessionState state;
  private final ClientSession session;
  private final Effects effects;

  private ServerConnection server;
  private Facts lastBound = StatementFinder.UNSEEN;
  private Facts unnamedPortal = StatementFinder.UNSEEN;
  private Map<String, Facts> portals = Map.of();
  private boolean wrote;

  /** The unnamed statement was too long to be kept: only this connection has it. */
  private boolean unnamedOnlyHere;

  ExtendedRequests(SessionState state, Effects effects) {
    this.state = state;
    this.session = state.session;
    this.effects = effects;
  }

  void begin(ServerConnection connection) {
    server = connection;
    lastBound = StatementFinder.UNSEEN;
    unnamedPortal = StatementFinder.UNSEEN;
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
    server.statements().forgetUnnamed();
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
      return parseUnread(named);
    }
    Statement statement = state.statements.parse(in, nameEnd + 1, bodyEnd, state.reading());
    if (!named) {
      unnamedOnlyHere = false;
      state.unnamed = statement;
      server.statements().expectUnnamedParse(statement);
      return Verdict.PASS;
    }
    if (!renames()) {
      if (state.names.get(in, body, nameEnd) == null) {
        server.expect(
            Entry.PARSE, nameNote(state.names.put(in, body, nameEnd, statement), statement));
      } else {
        server.expect(Entry.PARSE, null);
      }
      return Verdict.PASS;
    }
    session.reader().passSoFar();
    wrote = true;
    PgError refusal = refusalOf(in, body, nameEnd);
    if (refusal != null) {
      refuse(refusal);
    } else {
      server
          .statements()
          .parseForClient(
              statement, nameNote(state.names.put(in, body, nameEnd, statement), statement));
    }
    return Verdict.DROP;
  }

  /** A Parse whose text is too long to be known goes on under the client's own name. */
  private Verdict parseUnread(boolean named) {
    if (named) {
      state.pin("a prepared statement longer than routing.max-scanned-bytes");
      server.expect(Entry.PARSE, null);
    } else {
      state.unnamed = null;
      unnamedOnlyHere = true;
      server.statements().expectUnnamedParse(null);
    }
    return Verdict.PASS;
  }

  private PgError refusalOf(ByteBuf in, int from, int to) {
    if (state.names.get(in, from, to) != null) {
      return new PgError.DuplicatePreparedStatement(
          in.toString(from, to - from, StandardCharsets.UTF_8));
    }
    int max = session.worker.config().clients().maxPreparedStatements();
    if (max > 0 && state.names.size() >= max) {
      return new PgError.LimitExceeded(
          Severity.ERROR,
          "too many prepared statements in this session",
          "The limit is " + max + " (clients.max-prepared-statements).",
          "Close statements that are no longer needed.");
    }
    return null;
  }

  private void refuse(PgError error) {
    server.refuse(() -> session.sendError(error));
  }

  /** The server's unnamed statement may be another session's: it must not answer in its place. */
  private boolean lacksUnnamed(Statement statement, boolean named) {
    return statement == null && !named && renames() && !unnamedOnlyHere;
  }

  private Verdict refuseUnnamed() {
    session.reader().passSoFar();
    wrote = true;
    refuse(new PgError.NoSuchPreparedStatement(""));
    return Verdict.DROP;
  }

  private ReplyLedger.Note nameNote(byte[] name, Statement statement) {
    return new ReplyLedger.Note() {
      @Override
      public void failed() {
        state.names.takeBack(name, statement);
      }
    };
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
    Statement statement = named ? state.names.get(in, portalEnd + 1, nameEnd) : state.unnamed;
    bound(in, body, portalEnd, statement == null ? StatementFinder.UNSEEN : statement.facts());
    if (lacksUnnamed(statement, named)) {
      return refuseUnnamed();
    }
    if (statement == null || !renames()) {
      server.expect(Entry.BIND, null);
      return Verdict.PASS;
    }
    bring(statement, named);
    server.expect(Entry.BIND, null);
    if (!named) {
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
   * Has the server get a statement that the message at hand uses, behind what the client said
   * before.
   */
  private void bring(Statement statement, boolean named) {
    if (!named && server.statements().hasUnnamed(statement)) {
      return;
    }
    session.reader().passSoFar();
    wrote = true;
    if (named) {
      server.statements().ensure(statement);
    } else {
      server.statements().ensureUnnamed(statement);
    }
  }

  private void bound(ByteBuf in, int body, int portalEnd, Facts facts) {
    lastBound = facts;
    if (portalEnd == body) {
      unnamedPortal = facts;
      return;
    }
    if (portals.isEmpty()) {
      portals = new HashMap<>();
    }
    portals.put(in.toString(body, portalEnd - body, StandardCharsets.UTF_8), facts);
  }

  Verdict describe(int bodyLength, ByteBuf in, int start) {
    int body = start + Protocol.HEADER_BYTES;
    int nameEnd = CString.end(in, body + 1, body + bodyLength);
    if (in.getByte(body) != 'S') {
      server.expect(Entry.DESCRIBE_PORTAL, null);
      return Verdict.PASS;
    }
    boolean named = nameEnd > body + 1;
    Statement statement = named ? state.names.get(in, body + 1, nameEnd) : state.unnamed;
    if (lacksUnnamed(statement, named)) {
      return refuseUnnamed();
    }
    if (statement == null || !renames()) {
      server.expect(Entry.DESCRIBE_STATEMENT, null);
      return Verdict.PASS;
    }
    bring(statement, named);
    server.expect(Entry.DESCRIBE_STATEMENT, null);
    if (!named) {
      return Verdict.PASS;
    }
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
    Facts facts =
        nameEnd == body
            ? unnamedPortal
            : portals.getOrDefault(
                in.toString(body, nameEnd - body, StandardCharsets.UTF_8), StatementFinder.UNSEEN);
    server.expect(Entry.EXECUTE, effects.noteOf(facts));
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
      state.unnamed = null;
      unnamedGone();
      server.expect(Entry.CLOSE, null);
      return Verdict.PASS;
    }
    Statement statement = state.names.get(in, body + 1, nameEnd);
    if (statement == null) {
      server.expect(Entry.CLOSE, null);
      return Verdict.PASS;
    }
    byte[] name = new byte[nameEnd - body - 1];
    in.getBytes(body + 1, name);
    state.names.remove(name, statement);
    if (!renames()) {
      server.expect(Entry.CLOSE, null);
      return Verdict.PASS;
    }
    server.makeUp(
        Entry.CLOSE,
        new ReplyLedger.Note() {
          @Override
          public void failed() {
            state.names.restore(name, statement);
          }
        });
    wrote = true;
    return Verdict.DROP;
  }
}
