package io.howdah.backend.connection;

import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.backend.login.ServerIdentity;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.backend.statement.NameMessages;
import io.howdah.backend.statement.ServerStatements;
import io.howdah.backend.statement.ServerStream;
import io.howdah.backend.transport.AddressGone;
import io.howdah.backend.transport.Outlet;
import io.howdah.error.PgError;
import io.howdah.pool.PoolSlot;
import io.howdah.pool.Pooled;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrontendMessages;
import io.howdah.wire.FrontendType;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One logged-in server connection. Whoever sends something notes it here in the {@link
 * ReplyLedger}; {@link ReplyReader} reads what the server says against that, and {@link OwnWork} is
 * what Howdah itself runs. Here is what the connection knows of its server session, and how it
 * ends.
 *
 * <p>Thread: its event loop. It may be moved to another loop while no session has it.
 */
public final class ServerConnection extends ChannelInboundHandlerAdapter
    implements Pooled, ServerStream {
  private static final AtomicLong NEXT_ID = new AtomicLong(1);

  private final long id = nextId();
  private final long openedAtMillis = System.currentTimeMillis();
  private final long openedAtNanos = System.nanoTime();
  private final Channel channel;
  private final Outlet out;
  private final ServerIdentity identity;
  private final ReplyLedger ledger = new ReplyLedger();
  private final ReplyReader replies = new ReplyReader(this);
  private final OwnWork own = new OwnWork(this, replies);
  private final ReportedParameters reported;
  private final ServerStatements statements;
  private final Suspects suspects = new Suspects();
  private final SequenceMemory sequences = new SequenceMemory();
  private final Silence silence = new Silence();
  private final PoolSlot slot;
  private Owner owner;

  private SessionSettings applied = SessionSettings.NONE;
  private Runnable whenQuiet;
  private boolean serverSaidFatal;
  private boolean ended;
  private String closeReason;

  /** Whoever keeps account of connections: told once that this one is gone. */
  public interface Owner {
    /** Thread: the loop of the connection. */
    void gone(ServerConnection connection, String reason, boolean violation);

    /** The burst of replies is over, and whoever is concerned was told. Thread: as above. */
    default void burstOver() {}

    /**
     * Howdah's own code failed where it dealt with a connection, which is closed. Thread: as above.
     *
     * @param where a fixed phrase
     */
    default void fault(String where, Throwable cause) {
      throw new IllegalStateException(where, cause);
    }

    /** It is to be closed as soon as no session has it. Thread: the loop of the connection. */
    default void retire(ServerConnection connection, String reason) {}
  }

  public ServerConnection(
      Channel channel,
      ServerIdentity identity,
      PoolSlot slot,
      int maxPreparedStatements,
      Owner owner) {
    this.slot = slot;
    this.channel = channel;
    this.out = new Outlet(channel);
    this.identity = identity;
    this.reported = new ReportedParameters(identity.parameters());
    this.statements = new ServerStatements(this, maxPreparedStatements);
    this.owner = owner;
  }

  /** Numbers every server connection of the process, for the console. Thread: any. */
  public static long nextId() {
    return NEXT_ID.getAndIncrement();
  }

  /** Another loop's pools have this connection from now on. */
  public void movedTo(Owner next) {
    owner = next;
  }

  /** Who keeps account of it. */
  public Owner owner() {
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
  public long openedAtNanos() {
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

  @Override
  public ReplyLedger ledger() {
    return ledger;
  }

  @Override
  public ByteBufAllocator alloc() {
    return channel.alloc();
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
    return reported.ofTheSession();
  }

  /** Whether the server has said that it is a standby: what it runs then commits nothing. */
  public boolean isStandby() {
    return reported.tellOfStandby();
  }

  /** Whether the server is a standby, for all that it reported. */
  boolean mayBeStandby() {
    return !reported.tellOfPrimary();
  }

  /**
   * All that the server reported, but as of a standby or of a server that is none: what it said of
   * that when it was last asked something may be outdated, and a client relies on what its session
   * is, wherever each statement runs.
   */
  public Map<String, String> parametersAs(boolean standby) {
    return ReportedParameters.as(standby, identity.parameters());
  }

  /** Puts an equal object in the place of {@link #reported}, which many share. */
  public void reported(Map<String, String> shared) {
    reported.share(shared);
  }

  /** Without parameters that tell of the node: a session may be served by several. */
  public static Map<String, String> ofTheSession(Map<String, String> parameters) {
    return ReportedParameters.ofTheSession(parameters);
  }

  /** The session that has this connection, or null. */
  public SessionLink link() {
    return replies.link();
  }

  /** Hands the connection to a session. */
  public void attach(SessionLink session) {
    replies.goTo(session);
  }

  /** Takes the connection from its session. */
  public void detach() {
    replies.goTo(null);
    if (!channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
  }

  /**
   * Has the session told, or told no more, when an answer begins ({@link SessionLink#answering}).
   */
  public void watch(boolean wanted) {
    replies.watch(wanted);
  }

  /** Whether another session may have it as it stands. */
  public boolean isReusable() {
    return ledger.isClean() && !own.isUnderWay() && closeReason == null && channel.isActive();
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

  /** Has the server session forget what currval and lastval answer. */
  public void forgetSequences() {
    statements.names().runQuietly("DISCARD SEQUENCES", sequences::doubted);
    sequences.forgotten();
  }

  /** Whether the server takes more bytes without Howdah buffering them. */
  public boolean isWritable() {
    return channel.isWritable();
  }

  /** The prepared statements that the server has. */
  public ServerStatements statements() {
    return statements;
  }

  @Override
  public void write(ByteBuf bytes) {
    out.write(bytes);
  }

  /** Has the server send what it has answered so far within a batch; it has to be flushed. */
  public void requestAnswers() {
    out.write(FrontendMessages.bodyless(channel.alloc(), FrontendType.FLUSH));
  }

  /** Flushes what was written. */
  public void flush() {
    out.flush();
  }

  /**
   * Has the server end the session once it has done what it was asked; what it owes is still read.
   */
  public void terminate() {
    out.writeAndFlush(FrontendMessages.bodyless(channel.alloc(), FrontendType.TERMINATE));
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
    replies.sayMadeUp();
  }

  @Override
  public void sayMadeUp() {
    replies.sayMadeUp();
  }

  /**
   * Makes the server fail here, and the client hear {@code refusal}'s error in place of the
   * server's.
   */
  public void refuse(ReplyLedger.Refusal refusal) {
    ledger.expect(Entry.BIND, Fate.REFUSED, refusal);
    write(ServerMessages.bindOfNothing(channel.alloc()));
  }

  /** The same in place of a simple query. */
  public void refuseQuery(ReplyLedger.Refusal refusal) {
    ledger.expect(Entry.QUERY, Fate.REFUSED, refusal);
    write(FrontendMessages.query(channel.alloc(), ServerMessages.QUERY_OF_NOTHING));
  }

  /** Ends what Howdah answers in place of a simple query: the server says ReadyForQuery. */
  public void syncQuery() {
    expect(Entry.SYNC, null);
    write(FrontendMessages.bodyless(channel.alloc(), FrontendType.SYNC));
  }

  /** Whether Howdah's own request runs on it. */
  public boolean isBusy() {
    return own.isUnderWay();
  }

  /**
   * Runs SQL of Howdah's own on a connection that owes nothing. The client does not see it.
   *
   * @param chore learns how it ended
   */
  public void run(String sql, Chore chore) {
    own.run(sql, chore);
  }

  /**
   * Where it is in doubt what the server will still answer, asks for a CloseComplete: a
   * ReadyForQuery before it belongs to the client, and nothing of the client's comes behind it.
   * Only if the ledger {@link ReplyLedger#canBecomeSure}.
   */
  public void becomeSure(Chore then) {
    own.becomeSure(then);
  }

  /**
   * Ends a batch of the client's early: all its messages so far are answered, and none of them ran
   * anything. The client's own Sync is to follow those that come, in a batch of their own.
   */
  public void endBatch(Chore then) {
    own.endBatch(then);
  }

  /**
   * Asks whether the server still waits for CopyData: if it does, it says an error and ends the
   * session; if the copy failed before, the client hears nothing of it.
   */
  public void probeCopy() {
    boolean simple = ledger.front() == Entry.QUERY;
    ledger.probeCopy();
    write(NameMessages.close(channel.alloc(), NameMessages.OWN));
    if (simple) {
      statements.batchEnded();
      write(NameMessages.sync(channel.alloc()));
    }
  }

  /** Whether the server session has these settings, and perhaps more empty parameters. */
  public boolean has(SessionSettings settings) {
    return applied.serve(settings);
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
    own.bring(wanted, now, then);
  }

  /**
   * Whether the client has got the beginning of a message and not its end: nothing else may be said
   * to it now.
   */
  public boolean isWithinReply() {
    return replies.isWithinPassed();
  }

  /**
   * Passes on to the client all that comes before the message at hand, so that something else can
   * be said in between. Only within {@link SessionLink#ready}.
   */
  public void passSoFar() {
    replies.passSoFar();
  }

  /** Runs a task once it owes nothing and no transaction is open, or it is closed. */
  public void whenQuiet(Runnable task) {
    Runnable before = whenQuiet;
    whenQuiet =
        before == null
            ? task
            : () -> {
              before.run();
              task.run();
            };
  }

  private void quiet() {
    Runnable task = whenQuiet;
    whenQuiet = null;
    task.run();
  }

  /**
   * Closes the connection for good. The session that has it, if any, is told.
   *
   * @param reason a clause, for people
   */
  public void destroy(String reason) {
    close(
        reason,
        serverSaidFatal
            ? lostError()
            : new PgError.ServerConnectionSevered(identity.node().toString(), reason),
        false);
  }

  /**
   * Looks after what must not take too long here; to be called some ten times a second.
   *
   * @param ownWork how long one request of Howdah's own may take
   */
  public void tick(long nowNanos, Duration ownWork) {
    boolean reads = channel.config().isAutoRead();
    silence.tick(nowNanos, reads && !ledger.isEmpty());
    if (own.isOverdue(nowNanos, reads, ownWork)) {
      String what = own.what();
      close(
          "it did not answer a request of Howdah's own: " + what,
          new PgError.ServerStalled(identity.node().toString(), what, ownWork),
          false);
    } else if (link() != null) {
      link().tick(nowNanos);
    }
  }

  /** For how long the server has owed an answer and said nothing, as far as ticks can tell. */
  public long silentNanos(long nowNanos) {
    return silence.nanos(nowNanos);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    silence.heard();
    try {
      replies.feed(in, ctx.alloc());
    } catch (ProtocolException e) {
      replies.violation(e.getMessage());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (whenQuiet != null && ledger.isClean()) {
      quiet();
    }
    tellBurstOver();
    owner.burstOver();
  }

  private void tellBurstOver() {
    if (ledger.isEmpty()) {
      own.settled();
    }
    SessionLink session = replies.link();
    if (session != null) {
      session.repliesEnd();
      if (ledger.isEmpty() && replies.link() == session) {
        session.settled();
      }
    } else if (serverSaidFatal && !own.isUnderWay()) {
      // Nobody may be given it until the server has closed it.
      destroy(closeReason);
    }
  }

  /** A command was completed; {@code ofOwn} tells whether of a message of Howdah's own. */
  void stateCommand(CommandTag tag, boolean ofOwn) {
    if (tag == CommandTag.DISCARD_ALL || tag == CommandTag.DEALLOCATE_ALL) {
      statements.clear();
    }
    if (tag == CommandTag.DISCARD_ALL) {
      sequences.forgotten();
    }
    if (ofOwn && !own.isBringing() && (tag == CommandTag.DISCARD_ALL || tag == CommandTag.RESET)) {
      applied = SessionSettings.NONE.mentioning(applied);
    }
  }

  /** The server reports the value of a parameter. */
  void reports(String name, String value) {
    reported.put(name, value);
  }

  /** The server says an error; {@code ofOwn} tells whether to a message of Howdah's own. */
  void refused(ErrorFields error, boolean ofOwn) {
    if (error.isFatal()) {
      serverSaidFatal = true;
      if (closeReason == null) {
        closeReason = error.code() + " " + error.message();
      }
    }
    if (ofOwn) {
      own.refused(error);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (replies.link() != null) {
      replies.link().serverWritable(channel.isWritable());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof AddressGone gone) {
      owner.retire(this, gone.reason());
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    close("closed by the server", lostError(), false);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      close(cause.toString(), lostError(cause.toString()), false);
      return;
    }
    owner.fault("what a server's replies lead to", cause);
    close(
        "a fault of Howdah: " + cause,
        new PgError.InternalError("internal error: " + cause.getClass().getSimpleName()),
        false);
  }

  /** The server said what it must not: what it says can't be trusted any more. */
  void violated(String what) {
    close(what, new PgError.ServerProtocolViolation(identity.node().toString(), what), true);
  }

  /** What to tell whoever can't use the connection any more. */
  PgError lostError() {
    return lostError(closeReason);
  }

  private PgError lostError(String reason) {
    return new PgError.ServerConnectionLost(identity.node().toString(), reason);
  }

  /** Closes it, and tells everybody whom that concerns. */
  void close(String reason, PgError error, boolean violation) {
    if (ended) {
      return;
    }
    ended = true;
    if (closeReason == null) {
      closeReason = reason;
    }
    boolean polite = ledger.isEmpty() && channel.isActive();
    replies.close();
    ledger.abandon();
    if (polite) {
      out.writeAndFlush(FrontendMessages.bodyless(channel.alloc(), FrontendType.TERMINATE));
    }
    channel.close();
    out.close();
    SessionLink session = replies.link();
    replies.goTo(null);
    Chore work = own.drop();
    owner.gone(this, closeReason, violation);
    if (whenQuiet != null) {
      contain(this::quiet);
    }
    if (work != null) {
      contain(() -> work.failed(own.errorOr(error)));
    }
    if (session != null) {
      contain(() -> session.lost(error, serverSaidFatal));
    }
  }

  /** Whoever closes it has others to look after than those whom that concerns. */
  private void contain(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      owner.fault("the loss of a server connection", e);
    }
  }
}
