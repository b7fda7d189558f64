package io.howdah.backend.connection;

import io.howdah.backend.transport.AddressGone;
import io.howdah.error.PgError;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/**
 * What happens on the channel of a {@link ServerConnection}, told to whom it concerns.
 *
 * <p>Thread: the event loop of the connection.
 */
final class ServerEvents extends ChannelInboundHandlerAdapter {
  private final ServerConnection connection;
  private final ReplyReader replies;
  private final OwnWork own;
  private final Silence silence;
  private final ConnectionEnd end;

  ServerEvents(
      ServerConnection connection,
      ReplyReader replies,
      OwnWork own,
      Silence silence,
      ConnectionEnd end) {
    this.connection = connection;
    this.replies = replies;
    this.own = own;
    this.silence = silence;
    this.end = end;
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
    if (connection.ledger().isClean()) {
      end.quiet();
    }
    tellBurstOver();
    connection.owner().burstOver();
  }

  private void tellBurstOver() {
    if (connection.ledger().isEmpty()) {
      own.settled();
    }
    SessionLink session = replies.link();
    if (session != null) {
      session.repliesEnd();
      if (connection.ledger().isEmpty() && replies.link() == session) {
        session.settled();
      }
    } else if (end.isAnnounced() && !own.isUnderWay()) {
      // Nobody may be given it until the server has closed it.
      connection.destroy(end.reason());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (replies.link() != null) {
      replies.link().serverWritable(connection.isWritable());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof AddressGone gone) {
      connection.owner().retire(connection, gone.reason());
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
    if (cause instanceof IOException) {
      end.close(cause.toString(), end.lostError(cause.toString()), false);
      return;
    }
    connection.owner().fault("what a server's replies lead to", cause);
    end.close(
        "a fault of Howdah: " + cause,
        new PgError.InternalError("internal error: " + cause.getClass().getSimpleName()),
        false);
  }
}
