package io.howdah.frontend;

import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.wire.FrameHandler;
import io.howdah.wire.FrontendType;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * The end of a client's pipeline: brings what happens on its channel, and each message that the
 * client sends, to the {@link Phase} that its session is in.
 *
 * <p>Thread: the event loop of its {@link Worker}.
 */
final class ClientHandler extends ChannelInboundHandlerAdapter implements FrameHandler {
  final ClientSession session;

  ClientHandler(Worker worker, long id, Purpose port) {
    this.session = new ClientSession(worker, id, port, this);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    session.connected(ctx.channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    session.heard();
    try {
      if (session.phase() instanceof StartupPhase startup) {
        startup.feed(in);
      } else {
        session.read(in);
      }
    } catch (ProtocolException e) {
      session.containment.fail(e);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    session.phase().readEnd();
    session.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    session.phase().clientWritable(session.isClientWritable());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    session.disconnected();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof java.io.IOException) {
      session.broken(cause.getMessage());
    } else {
      session.containment.fail(cause);
    }
  }

  @Override
  public int needs(byte type, int bodyLength) {
    if (bodyLength > FrontendType.maxBodyBytes(type)) {
      throw new ProtocolException("invalid message length");
    }
    return session.phase().needs(type, bodyLength);
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (type == FrontendType.TERMINATE) {
      session.reader().passSoFar();
      session.phase().readEnd();
      if (!session.phase().mayTerminate()) {
        return session.stop(Wait.Replies.ORDER);
      }
      session.phase().terminate();
      return Verdict.DROP;
    }
    return session.phase().frame(type, bodyLength, in, start, end);
  }

  @Override
  public void pass(ByteBuf run) {
    session.phase().pass(run);
  }
}
