package io.howdah.backend;

import io.howdah.backend.ReplyLedger.Entry;
import io.howdah.backend.ReplyLedger.Fate;
import io.howdah.error.PgError;
import io.howdah.pool.PoolSlot;
import io.howdah.pool.Pooled;
import io.howdah.wire.BackendType;
import io.howdah.wire.CString;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrameHandler;
import io.howdah.wire.FrameReader;
import io.howdah.wire.FrontendType;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One logged-in server connection: it reads what the server says against its {@link ReplyLedger},
 * passes on what belongs to the client session that has it, and keeps what belongs to Howdah.
 *
 * <p>Thread: its event loop. It may be moved to another loop while no session has it.
 */
public final class ServerConnection extends ChannelInboundHandlerAdapter
    implements FrameHandler, Pooled {
  private static final AtomicLong NEXT_ID = new AtomicLong(1);
  private static final int ERROR_PREFIX_BYTES = 1024;
  private static final int MAX_SMALL_BODY_BYTES = 64 << 10;

  /** A process id and a channel's name, which has at most 63 bytes unless somebody changed that. */
  private static final int NOTIFICATION_PREFIX_BYTES = 4 + 256;

  private final long id = nextId();
  private final long openedAtMillis = System.currentTimeMillis();
  private final long openedAtNanos = System.nanoTime();
  private final Channel channel;
  private final ServerIdentity identity;
  private final ReplyLedger ledger = new ReplyLedger();
  private final FrameReader reader = new FrameReader(this);
  private final ServerStatements statements;
  private final Suspects suspects = new Suspects();
  private final SequenceMemory sequences = new SequenceMemory();
  private final PoolSlot slot;
  private Owner owner;

  private SessionLink link;
  private Chore chore;

  /** The chore at hand if it reads rows. */
  private RowChore rows;

  /** The chore at hand brings settings, and keeps account of them itself. */
  private boolean bringing;

  private PgError choreError;
  private SessionSettings applied = SessionSettings.NONE;
  private Map<String, String> reported;
  private boolean serverSaidFatal;
  private boolean watched;
  private boolean ended;
  private String closeReason;

  /** Whoever keeps account of connections: told once that this one is gone. */
  public interface Owner {
    /** Thread: the loop of the connection. */
    void gone(ServerConnection connection, String reason, boolean violation);
  }

  public ServerConnection(
      Channel channel,
      ServerIdentity identity,
      PoolSlot slot,
      int maxPreparedStatements,
      Owner owner) {
    this.slot = slot;
    this.channel = channel;
    this.identity = identity;
    this.statements = new ServerStatements(this, maxPreparedStatements);
    this.owner = owner;
  }

  /** Numbers every server connection of the process, for the console. Thread: any. */
  static long nextId() {
    return NEXT_ID.getAndIncrement();
  }

  /** Another loop's pools have this connection from now on. */
  void movedTo(Owner next) {
    owner = next;
  }

  /** Who keeps account of it. */
  Owner owner() {
    return owner;
  }

  @Override
  public PoolSlot slot() {
    return slot;
  }

  /** Its number, for the console. */
  public long id() {
    return id;
  }

  /** When it was opened, in milliseconds since the epoch. */
  public long openedAtMillis() {
    return openedAtMillis;
  }

  /** A moment of {@link System#nanoTime()} at which its login was over. */
  long openedAtNanos() {
    return openedAtNanos;
  }

  /** Whose connection this is, to which node. */
  public ServerIdentity identity() {
    return identity;
  }

  /** The Netty channel, for the edges that move, cancel and close. */
  public Channel channel() {
    return channel;
  }

  /** What the server owes. */
  public ReplyLedger ledger() {
    return ledger;
  }

  /** The settings that the server session has now, as far as Howdah set them. */
  public SessionSettings applied() {
    return applied;
  }

  /** Notes that the server session's settings changed by a statement of its client. */
  public void applied(SessionSettings settings) {
    applied = settings;
  }

  /** What the server reported of parameters that a session can change. Not to be written to. */
  public Map<String, String> reported() {
    if (reported == null) {
      reported = ofTheSession(identity.parameters());
    }
    return reported;
  }

  /** Puts an equal object in the place of {@link #reported}, which many share. */
  public void reported(Map<String, String> shared) {
    reported = shared;
  }

  /** Without parameters that tell of the node: a session may be served by several. */
  public static Map<String, String> ofTheSession(Map<String, String> parameters) {
    Map<String, String> copy = new LinkedHashMap<>(parameters);
    copy.remove("in_hot_standby");
    copy.remove("server_version");
    return Collections.unmodifiableMap(copy);
  }

  /** The session that has this connection, or null. */
  public SessionLink link() {
    return link;
  }

  /** Hands the connection to a session. */
  public void attach(SessionLink session) {
    link = session;
  }

  /** Takes the connection from its session. */
  public void detach() {
    link = null;
    watched = false;
    if (!channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
  }

  /**
   * Has the session told, or told no more, when an answer begins ({@link SessionLink#answering}).
   */
  public void watch(boolean wanted) {
    watched = wanted;
  }

  /** Whether another session may have it as it stands. */
  public boolean isReusable() {
    return ledger.isClean() && chore == null && closeReason == null && channel.isActive();
  }

  /** Whether it is closed or about to be. */
  public boolean isClosing() {
    return closeReason != null || !channel.isActive();
  }

  /** What ran on it since it was last found clean. */
  public Suspects suspects() {
    return suspects;
  }

  /** Whose sequence values the server session remembers. */
  public SequenceMemory sequences() {
    return sequences;
  }

  /** Whether the server takes more bytes without Howdah buffering them. */
  public boolean isWritable() {
    return channel.isWritable();
  }

  /** The prepared statements that the server has. */
  public ServerStatements statements() {
    return statements;
  }

  /**
   * Sends bytes that the ledger knows of already; they leave with {@link #flush}. Takes the buffer.
   */
  public void write(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }

  /** Flushes what was written. */
  public void flush() {
    channel.flush();
  }

  /**
   * Has the server end the session once it has done what it was asked; what it owes is still read.
   */
  public void terminate() {
    channel.writeAndFlush(
        ServerMessages.bodyless(channel.alloc(), FrontendType.TERMINATE), channel.voidPromise());
  }

  /** Notes a message that the client sent (and that is being written). */
  public void expect(Entry entry, ReplyLedger.Note note) {
    ledger.expect(entry, Fate.FORWARD, note);
    if (entry == Entry.SYNC) {
      statements.batchEnded();
    }
  }

  /**
   * Answers a message of the client's that the server need not see, in its turn.
   *
   * @param note learns whether that turn came, or an error before it voided the message
   */
  public void makeUp(Entry entry, ReplyLedger.Note note) {
    ledger.expect(entry, Fate.MADE_UP, note);
    sayMadeUp();
  }

  /**
   * Makes the server fail here, and the client hear {@code refusal}'s error in place of the
   * server's.
   */
  public void refuse(ReplyLedger.Refusal refusal) {
    ledger.expect(Entry.BIND, Fate.REFUSED, refusal);
    write(ServerMessages.bindOfNothing(channel.alloc()));
  }

  /** The same in place of a simple query, whose ReadyForQuery is the answer to a Sync. */
  public void refuseQuery(ReplyLedger.Refusal refusal) {
    refuse(refusal);
    expect(Entry.SYNC, null);
    write(ServerMessages.bodyless(channel.alloc(), FrontendType.SYNC));
  }

  /** Whether Howdah's own request runs on it. */
  public boolean isBusy() {
    return chore != null;
  }

  /**
   * Runs SQL of Howdah's own on a connection that owes nothing. The client does not see it.
   *
   * @param chore learns how it ended
   */
  public void run(String sql, Chore work) {
    if (!ledger.isEmpty() || ledger.isBatchOpen() || chore != null) {
      // Whoever runs something may count on it that a failure ends the connection.
      destroy("a request of Howdah's own came while another was under way");
    }
    if (isClosing()) {
      work.failed(new PgError.ServerConnectionLost(identity.node().toString(), closeReason));
      return;
    }
    chore = work;
    rows = work instanceof RowChore reading ? reading : null;
    choreError = null;
    ledger.expect(Entry.QUERY, Fate.SWALLOW, null);
    statements.forgetUnnamed(true);
    channel.writeAndFlush(ServerMessages.query(channel.alloc(), sql), channel.voidPromise());
  }

  /**
   * Where it is in doubt what the server will still answer, asks for a CloseComplete: a
   * ReadyForQuery before it belongs to the client, and nothing of the client's comes behind it.
   * Only if the ledger {@link ReplyLedger#canBecomeSure}.
   */
  public void becomeSure(Chore then) {
    chore =
        new Chore() {
          @Override
          public void done() {
            ledger.becomeSure();
            then.done();
          }

          @Override
          public void failed(PgError error) {
            then.failed(error);
          }
        };
    rows = null;
    choreError = null;
    ledger.expect(Entry.CLOSE, Fate.SWALLOW, null);
    ledger.expect(Entry.SYNC, Fate.SWALLOW, null);
    statements.batchEnded();
    write(NameMessages.closeNoPortal(channel.alloc()));
    write(ServerMessages.bodyless(channel.alloc(), FrontendType.SYNC));
    flush();
  }

  /** Whether the server session has these settings. */
  public boolean has(SessionSettings settings) {
    return applied == settings || applied.equals(settings);
  }

  /** Brings the server session's settings to {@code wanted}; only while it owes nothing. */
  public void bring(SessionSettings wanted, Chore then) {
    bring(wanted, applied, then);
  }

  /**
   * The same where an open transaction has changed the settings.
   *
   * @param now what the server session has now; {@link #applied} when no transaction is open
   */
  public void bring(SessionSettings wanted, SessionSettings now, Chore then) {
    bringing = true;
    run(
        wanted.sqlFrom(now),
        new Chore() {
          @Override
          public void done() {
            bringing = false;
            if (ledger.status() == 'I') {
              applied = wanted;
            }
            then.done();
          }

          @Override
          public void failed(PgError error) {
            bringing = false;
            then.failed(error);
          }
        });
  }

  /**
   * Whether the client has got the beginning of a message and not its end: nothing else may be said
   * to it now.
   */
  public boolean isWithinReply() {
    return reader.isWithinPassed();
  }

  /**
   * Passes on to the client all that comes before the message at hand, so that something else can
   * be said in between. Only within {@link SessionLink#ready}.
   */
  public void passSoFar() {
    reader.passSoFar();
  }

  /** Closes the connection for good. The session that has it, if any, is told. */
  public void destroy(String reason) {
    close(reason, new PgError.ServerConnectionLost(identity.node().toString(), reason), false);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      reader.feed(in, ctx.alloc());
      if (reader.isBetweenFrames()) {
        sayMadeUp();
      }
    } catch (ProtocolException e) {
      violation(e.getMessage());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (chore != null && ledger.isEmpty()) {
      endChore();
    }
    SessionLink session = link;
    if (session != null) {
      session.repliesEnd();
      if (ledger.isEmpty() && link == session) {
        session.settled();
      }
    } else if (serverSaidFatal && chore == null) {
      // Nobody may be given it until the server has closed it.
      destroy(closeReason);
    }
  }

  private void endChore() {
    PgError error = choreError;
    if (error != null) {
      close("its own request failed: " + error.message(), error, false);
    } else {
      Chore done = chore;
      chore = null;
      rows = null;
      done.done();
    }
  }

  @Override
  public int needs(byte type, int bodyLength) {
    return switch (type) {
      case BackendType.READY_FOR_QUERY -> {
        if (bodyLength != 1) {
          throw new ProtocolException("ReadyForQuery of " + bodyLength + " bytes");
        }
        yield 1;
      }
      case BackendType.ERROR_RESPONSE -> Math.min(bodyLength, MAX_SMALL_BODY_BYTES);
      case BackendType.NOTIFICATION_RESPONSE -> Math.min(bodyLength, NOTIFICATION_PREFIX_BYTES);
      case BackendType.PARAMETER_STATUS, BackendType.COMMAND_COMPLETE -> {
        if (bodyLength < 1 || bodyLength > MAX_SMALL_BODY_BYTES) {
          throw new ProtocolException("message " + (char) type + " of " + bodyLength + " bytes");
        }
        yield bodyLength;
      }
      case BackendType.DATA_ROW -> {
        if (rows == null) {
          yield 0;
        }
        if (bodyLength > RowChore.MAX_ROW_BYTES) {
          throw new ProtocolException("a row of " + bodyLength + " bytes for Howdah");
        }
        yield bodyLength;
      }
      default -> 0;
    };
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    sayMadeUpBefore();
    if (type == BackendType.ERROR_RESPONSE) {
      // A refusal puts another error in its place, and belongs behind all that came before.
      reader.passSoFar();
    }
    int body = start + 5;
    ReplyLedger.Entry at = ledger.front();
    ReplyLedger.Note note =
        type == BackendType.ERROR_RESPONSE
                || type == BackendType.COMMAND_COMPLETE && ledger.frontIsForwarded()
            ? ledger.frontNote()
            : null;
    if (watched && !BackendType.isPreliminary(type)) {
      endsPreliminaries(type, note);
    }
    boolean own = !ledger.isEmpty() && !ledger.frontIsForwarded();
    boolean idle = ledger.isEmpty();
    ReplyLedger.Verdict verdict =
        type == BackendType.READY_FOR_QUERY ? ledger.ready(in.getByte(body)) : ledger.reply(type);
    switch (verdict) {
      case VIOLATION -> {
        violation(
            "message '"
                + (char) type
                + "' while "
                + (ledger.front() == null ? "nothing" : ledger.front())
                + " was owed");
        return Verdict.DROP;
      }
      case FORWARD, SWALLOW -> {}
    }
    switch (type) {
      case BackendType.READY_FOR_QUERY -> {
        if (link != null && verdict == ReplyLedger.Verdict.FORWARD) {
          link.ready(ledger.status());
        }
      }
      case BackendType.COMMAND_COMPLETE -> {
        CommandTag tag = CommandTag.of(in, body, bodyLength);
        if (tag != CommandTag.OTHER || note != null) {
          stateCommand(tag, own, note);
        }
      }
      case BackendType.DATA_ROW -> {
        if (rows != null && own) {
          rows.row(in, body, bodyLength);
        }
      }
      case BackendType.PARAMETER_STATUS -> parameter(in, body, bodyLength, own);
      case BackendType.NOTIFICATION_RESPONSE -> {
        if (!isHeard(in, body, Math.min(bodyLength, NOTIFICATION_PREFIX_BYTES))) {
          return Verdict.DROP;
        }
      }
      case BackendType.ERROR_RESPONSE -> {
        ErrorFields fields = error(in, body, bodyLength, own);
        if (!fields.isFatal() && idle) {
          violation("an error while nothing was owed");
          return Verdict.DROP;
        }
        if (idle && link != null && link.isLeaving()) {
          return Verdict.DROP;
        }
        if (link != null && chore == null) {
          if (verdict == ReplyLedger.Verdict.FORWARD) {
            link.refused(fields, at, note);
          }
          if (own && verdict == ReplyLedger.Verdict.SWALLOW) {
            link.ownFailed(in.slice(body, Math.min(bodyLength, end - body)));
            return Verdict.DROP;
          }
          link.failed();
          if (verdict == ReplyLedger.Verdict.FORWARD && bodyLength <= end - body) {
            ByteBuf other = link.errorInstead(in.slice(body, bodyLength));
            if (other != null) {
              link.replies(other);
              return Verdict.DROP;
            }
          }
        }
      }
      default -> {}
    }
    return verdict == ReplyLedger.Verdict.FORWARD && link != null ? Verdict.PASS : Verdict.DROP;
  }

  private boolean isHeard(ByteBuf in, int body, int prefixLength) {
    int name = body + 4;
    int zero = CString.end(in, name, body + prefixLength);
    return link != null && link.hears(in.toString(name, zero - name, StandardCharsets.UTF_8));
  }

  /** An error is told once it is read, but for one that Howdah says itself, which comes before. */
  private void endsPreliminaries(byte type, ReplyLedger.Note note) {
    if (link != null
        && (type != BackendType.ERROR_RESPONSE || note instanceof ReplyLedger.Refusal)) {
      link.answering();
    }
  }

  private void stateCommand(CommandTag tag, boolean own, ReplyLedger.Note note) {
    if (tag == CommandTag.DISCARD_ALL || tag == CommandTag.DEALLOCATE_ALL) {
      statements.clear();
    }
    if (tag == CommandTag.DISCARD_ALL) {
      sequences.forgotten();
    }
    if (own && !bringing && (tag == CommandTag.DISCARD_ALL || tag == CommandTag.RESET)) {
      applied = SessionSettings.NONE;
    }
    if (link != null && !own) {
      link.stateCommand(tag, note);
    }
  }

  private void parameter(ByteBuf in, int body, int bodyLength, boolean own) {
    int zero = in.indexOf(body, body + bodyLength, (byte) 0);
    if (zero < 0 || in.getByte(body + bodyLength - 1) != 0 || zero == body + bodyLength - 1) {
      violation("malformed ParameterStatus");
      return;
    }
    String name = in.toString(body, zero - body, StandardCharsets.UTF_8);
    String value = in.toString(zero + 1, body + bodyLength - zero - 2, StandardCharsets.UTF_8);
    identity.parameters().put(name, value);
    reported = null;
    if (link != null && !own) {
      link.parameterChanged(name, value);
    }
  }

  /** Takes in an error. */
  private ErrorFields error(ByteBuf in, int body, int bodyLength, boolean own) {
    ErrorFields fields = ErrorFields.read(in, body, Math.min(bodyLength, ERROR_PREFIX_BYTES));
    if (fields.isFatal()) {
      serverSaidFatal = true;
      if (closeReason == null) {
        closeReason = fields.code() + " " + fields.message();
      }
    }
    if (own && choreError == null) {
      choreError =
          new PgError.ServerError(fields.code(), fields.message(), fields.detail(), fields.hint());
    }
    return fields;
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
    byte type = ledger.nextMadeUp();
    if (type != 0) {
      reader.passSoFar();
      say(type);
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
    if (link != null) {
      link.replies(ServerMessages.bodyless(channel.alloc(), type));
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (link != null) {
      link.serverWritable(channel.isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    close(
        "closed by the server",
        new PgError.ServerConnectionLost(
            identity.node().toString(), closeReason != null ? closeReason : null),
        false);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    destroy(cause.toString());
  }

  private void violation(String what) {
    // Or the client would lack the rest of a message of which it has got a part.
    reader.passSoFar();
    close(what, new PgError.ServerProtocolViolation(identity.node().toString(), what), true);
  }

  private void close(String reason, PgError error, boolean violation) {
    if (ended) {
      return;
    }
    ended = true;
    if (closeReason == null) {
      closeReason = reason;
    }
    boolean polite = ledger.isEmpty() && channel.isActive();
    reader.close();
    ledger.abandon();
    if (polite) {
      channel.writeAndFlush(ServerMessages.bodyless(channel.alloc(), FrontendType.TERMINATE));
    }
    channel.close();
    SessionLink session = link;
    link = null;
    Chore work = chore;
    chore = null;
    owner.gone(this, closeReason, violation);
    if (work != null) {
      work.failed(choreError != null ? choreError : error);
    }
    if (session != null) {
      session.lost(error, serverSaidFatal);
    }
  }
}
