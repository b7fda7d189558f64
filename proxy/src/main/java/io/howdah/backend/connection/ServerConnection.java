package io.howdah.backend.connection;

import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.backend.login.ServerIdentity;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.backend.statement.ServerStatements;
import io.howdah.backend.statement.ServerStream;
import io.howdah.backend.transport.AddressGone;
import io.howdah.backend.transport.Outlet;
import io.howdah.pool.PoolSlot;
import io.howdah.pool.Pooled;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;

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
  private final Opening opening = Opening.now();
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
  private final ConnectionEnd end;
  private final ClientMessages messages;
  private final PoolSlot slot;
  private ConnectionOwner owner;

  private SessionSettings applied = SessionSettings.NONE;

  public ServerConnection(
      Channel channel,
      ServerIdentity identity,
      PoolSlot slot,
      int maxPreparedStatements,
      ConnectionOwner owner) {
    this.slot = slot;
    this.channel = channel;
    this.out = new Outlet(channel);
    this.identity = identity;
    this.reported = new ReportedParameters(identity.parameters());
    this.statements = new ServerStatements(this, maxPreparedStatements, reported::reading);
    this.owner = owner;
    this.end = new ConnectionEnd(this, replies, own, out);
    this.messages = new ClientMessages(this, replies);
  }

  /** Another loop's pools have this connection from now on. */
  public void movedTo(ConnectionOwner next) {
    owner = next;
  }

  /** Who keeps account of it. */
  public ConnectionOwner owner() {
    return owner;
  }

  @Override
  public PoolSlot slot() {
    return slot;
  }

  /** Its number, and when its login was over. */
  public Opening opening() {
    return opening;
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

  /** What the server reported of parameters that a session can change. */
  public ReportedParameters reported() {
    return reported;
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

  /** Has the session told when an answer begins ({@link SessionLink#answering}), or no more. */
  public void watch(boolean wanted) {
    replies.watch(wanted);
  }

  /** Whether another session may have it as it stands. */
  public boolean isReusable() {
    return ledger.isClean() && !own.isUnderWay() && !end.hasReason() && channel.isActive();
  }

  /** Whether it is closed or about to be. */
  public boolean isClosing() {
    return end.hasReason() || !channel.isActive();
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

  @Override
  public void write(ByteBuf bytes) {
    out.write(bytes);
  }

  /** Flushes what was written. */
  public void flush() {
    out.flush();
  }

  /** Notes a message that the client sent (and that is being written). */
  public void expect(Entry entry, ReplyLedger.Note note) {
    ledger.expect(entry, Fate.FORWARD, note);
    if (entry == Entry.SYNC) {
      statements.batchEnded();
    }
  }

  /** What is sent or said in place of what its client sends. */
  public ClientMessages messages() {
    return messages;
  }

  @Override
  public void sayMadeUp() {
    replies.sayMadeUp();
  }

  /** Whether Howdah's own request runs on it. */
  public boolean isBusy() {
    return own.isUnderWay();
  }

  /** What Howdah itself has it do. */
  public OwnWork ownWork() {
    return own;
  }

  /** Whether the server session has these settings, and perhaps more empty parameters. */
  public boolean has(SessionSettings settings) {
    return applied.satisfies(settings);
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

  /**
   * Looks after what must not take too long here; to be called some ten times a second.
   *
   * @param ownWork how long one request of Howdah's own may take
   */
  public void tick(long nowNanos, Duration ownWork) {
    boolean reads = channel.config().isAutoRead();
    silence.tick(nowNanos, reads && !ledger.isEmpty());
    if (own.isOverdue(nowNanos, reads, ownWork)) {
      end.stalled(own.what(), ownWork);
    } else if (link() != null) {
      link().tick(nowNanos);
    }
  }

  /** For how long the server has owed an answer and said nothing, as far as ticks can tell. */
  public long silentNanos(long nowNanos) {
    return silence.nanos(nowNanos);
  }

  /** A command was completed; {@code ofOwn} tells whether of a message of Howdah's own. */
  void stateCommand(CommandTag tag, boolean ofOwn) {
    if (tag == CommandTag.DISCARD_ALL || tag == CommandTag.DEALLOCATE_ALL) {
      statements.clear();
    }
    if (tag == CommandTag.DISCARD_ALL) {
      sequences.forgotten();
    }
    if (ofOwn
        && !own.isChangingSettings()
        && (tag == CommandTag.DISCARD_ALL || tag == CommandTag.RESET)) {
      applied = SessionSettings.NONE.withPlaceholder(applied);
    }
  }

  /** Runs a task once it owes nothing and no transaction is open, or it is closed. */
  public void whenQuiet(Runnable task) {
    end.whenQuiet(task);
  }

  /**
   * Closes the connection for good. The session that has it, if any, is told.
   *
   * @param reason a clause, for people
   */
  public void destroy(String reason) {
    end.destroy(reason);
  }

  /** How it ends. */
  ConnectionEnd end() {
    return end;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    silence.heard();
    try {
      replies.feed((ByteBuf) message, ctx.alloc());
    } catch (ProtocolException e) {
      replies.violation(e.getMessage());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (ledger.isClean()) {
      end.quiet();
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
    } else if (end.isAnnounced() && !own.isUnderWay()) {
      // Nobody may be given it until the server has closed it.
      destroy(end.reason());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (replies.link() != null) {
      replies.link().serverWritable(isWritable());
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
    end.close("closed by the server", end.lostError(), false);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end.failed(cause);
  }
}
