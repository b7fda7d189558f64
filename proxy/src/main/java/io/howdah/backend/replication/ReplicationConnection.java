package io.howdah.backend.replication;

import io.howdah.backend.connection.Opening;
import io.howdah.backend.login.ServerIdentity;
import io.howdah.backend.transport.Dialer;
import io.howdah.error.PgError;
import io.howdah.telemetry.Telemetry;
import io.howdah.wire.BackendType;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrameHandler;
import io.howdah.wire.FrameReader;
import io.howdah.wire.FrontendMessages;
import io.howdah.wire.FrontendType;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A logged-in connection to a WAL sender, which one client has from its login to its end. What the
 * server says is cut into messages only to know where one ends; nothing is owed, expected or
 * answered, and the connection is in no pool.
 *
 * <p>Thread: the event loop of its client.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-replication.html">PostgreSQL, section
 *     54.4</a>
 */
public final class ReplicationConnection extends ChannelInboundHandlerAdapter
    implements FrameHandler {
  private static final int ERROR_PREFIX_BYTES = 1024;

  private final Opening opening = Opening.now();
  private final Channel channel;
  private final ServerIdentity identity;
  private final Telemetry telemetry;
  private final Consumer<String> closed;
  private final FrameReader reader = new FrameReader(this);
  private Link link;
  private boolean saidFatal;
  private boolean ended;

  /** What the connection tells the client session that has it. */
  public interface Link {
    /** Takes replies that go to the client as they are; the link owns the buffer. */
    void replies(ByteBuf run);

    /** The burst of replies is over: flush. */
    void repliesEnd();

    /** The server takes more bytes, or no more, for now. */
    void serverWritable(boolean writable);

    /**
     * The connection is gone; the link has it no more.
     *
     * @param told whether the server said a last word (FATAL) which was passed on already
     */
    void lost(PgError error, boolean told);
  }

  /**
   * @param closed told once why it was closed
   */
  public ReplicationConnection(
      Channel channel, ServerIdentity identity, Telemetry telemetry, Consumer<String> closed) {
    this.channel = channel;
    this.identity = identity;
    this.telemetry = telemetry;
    this.closed = closed;
  }

  /** Its number, and when its login was over. */
  public Opening opening() {
    return opening;
  }

  /** Whose connection this is, to which node. */
  public ServerIdentity identity() {
    return identity;
  }

  /** The Netty channel, for cancels and back-pressure. */
  public Channel channel() {
    return channel;
  }

  /** Hands the connection to its session. */
  public void attach(Link session) {
    link = session;
  }

  /** Sends bytes; they leave with {@link #flush}. Takes the buffer. */
  public void write(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }

  /** Flushes what was written. */
  public void flush() {
    channel.flush();
  }

  /** Whether the server takes more bytes without Howdah buffering them. */
  public boolean isWritable() {
    return channel.isWritable();
  }

  /** Whether the client has got the beginning of a message and not its end. */
  public boolean isWithinReply() {
    return reader.isWithinPassed();
  }

  /**
   * Passes on the client's goodbye: the server finishes what it was asked for, and closes. Nobody
   * hears the rest.
   *
   * @param bound how long it may take; 0 for no limit
   */
  public void finish(Duration bound) {
    link = null;
    if (!bound.isZero()) {
      ScheduledFuture<?> timer =
          channel
              .eventLoop()
              .schedule(
                  () -> close("its client has gone and its request takes too long"),
                  bound.toMillis(),
                  TimeUnit.MILLISECONDS);
      channel.closeFuture().addListener(_ -> timer.cancel(false));
    }
    if (!channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
    channel.writeAndFlush(
        FrontendMessages.bodyless(channel.alloc(), FrontendType.TERMINATE), channel.voidPromise());
  }

  /** Closes the connection at once. The session that has it is not told. */
  public void close(String reason) {
    link = null;
    end(reason, null);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      reader.feed((ByteBuf) message, ctx.alloc());
    } catch (ProtocolException e) {
      end(
          e.getMessage(),
          new PgError.ServerProtocolViolation(identity.node().toString(), e.getMessage()));
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (link != null) {
      link.repliesEnd();
    }
  }

  @Override
  public int needs(byte type, int bodyLength) {
    return type == BackendType.ERROR_RESPONSE ? Math.min(bodyLength, ERROR_PREFIX_BYTES) : 0;
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (type == BackendType.ERROR_RESPONSE) {
      saidFatal |=
          ErrorFields.read(in, start + 5, Math.min(bodyLength, ERROR_PREFIX_BYTES)).isFatal();
    }
    return link == null ? Verdict.DROP : Verdict.PASS;
  }

  @Override
  public void pass(ByteBuf run) {
    if (link == null) {
      run.release();
    } else {
      link.replies(run);
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
    end("closed by the server", new PgError.ServerConnectionLost(identity.node().toString(), null));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      telemetry.fault("a replication connection", cause);
    }
    end(
        cause.toString(),
        new PgError.ServerConnectionLost(identity.node().toString(), Dialer.reason(cause)));
  }

  private void end(String reason, PgError error) {
    if (ended) {
      return;
    }
    ended = true;
    boolean cut = reader.isWithinPassed();
    reader.close();
    channel.close();
    closed.accept(reason);
    Link session = link;
    link = null;
    if (session != null) {
      session.lost(error, saidFatal || cut);
    }
  }
}
