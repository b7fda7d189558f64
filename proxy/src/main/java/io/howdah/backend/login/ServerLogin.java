package io.howdah.backend.login;

import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.ScramClient;
import io.howdah.auth.ScramFailure;
import io.howdah.backend.transport.Dialer;
import io.howdah.backend.transport.MessageReader;
import io.howdah.error.PgError;
import io.howdah.telemetry.Telemetry;
import io.howdah.wire.MalformedMessage;
import io.howdah.wire.StartupMessages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Drives one connection from the first byte to the first ReadyForQuery, tells the listener how it
 * ended, exactly once, and leaves the pipeline. The work of SCRAM's PBKDF2 runs on the workers.
 */
final class ServerLogin extends ChannelInboundHandlerAdapter {
  /** Longer messages are refused; PostgreSQL's own are a few hundred bytes. */
  static final int MAX_MESSAGE_BYTES = 64 << 10;

  private final LoginRequest request;
  private final Executor workers;
  private final Telemetry telemetry;
  private final LoginListener listener;
  private final LoginDialogue dialogue;
  private final MessageReader reader = new MessageReader(MAX_MESSAGE_BYTES);
  private ScheduledFuture<?> timeout;
  private boolean proving;
  private boolean ended;
  private boolean failed;

  ServerLogin(
      LoginRequest request,
      SaltedPasswords cache,
      Executor workers,
      Telemetry telemetry,
      LoginListener listener) {
    this.request = request;
    this.workers = workers;
    this.telemetry = telemetry;
    this.listener = listener;
    this.dialogue = new LoginDialogue(request, cache);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      begin(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin(ctx);
    ctx.fireChannelActive();
  }

  private void begin(ChannelHandlerContext ctx) {
    if (timeout != null || ended) {
      return;
    }
    long millis = request.loginTimeout().toMillis();
    timeout =
        ctx.executor()
            .schedule(
                () ->
                    fail(
                        ctx,
                        new PgError.ServerUnreachable(
                            server(), "The login did not end within " + millis + " ms.")),
                millis,
                TimeUnit.MILLISECONDS);
    send(ctx, out -> StartupMessages.startup(out, request.protocolVersion(), request.packet()));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (ended) {
      passOn(ctx, message);
      return;
    }
    reader.add(ctx.alloc(), (ByteBuf) message);
    proceed(ctx);
  }

  private void passOn(ChannelHandlerContext ctx, Object message) {
    if (failed) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private void proceed(ChannelHandlerContext ctx) {
    try {
      while (!ended && !proving && reader.next()) {
        react(ctx, dialogue.receive(reader.type(), reader.body()));
      }
    } catch (MalformedMessage e) {
      fail(ctx, new PgError.ServerProtocolViolation(server(), e.getMessage()));
    }
  }

  private void react(ChannelHandlerContext ctx, LoginDialogue.Reaction reaction) {
    switch (reaction) {
      case LoginDialogue.Await _ -> {}
      case LoginDialogue.Send(Consumer<ByteBuf> writer) -> send(ctx, writer);
      case LoginDialogue.Prove(ScramClient client, byte[] first) -> prove(ctx, client, first);
      case LoginDialogue.Finish _ -> finish(ctx);
      case LoginDialogue.Fail(PgError error) -> fail(ctx, error);
    }
  }

  private void prove(ChannelHandlerContext ctx, ScramClient client, byte[] serverFirst) {
    proving = true;
    try {
      workers.execute(() -> proveOnWorker(ctx, client, serverFirst));
    } catch (RejectedExecutionException e) {
      fail(ctx, new PgError.ServerUnreachable(server(), "Howdah is shutting down."));
    }
  }

  private void proveOnWorker(ChannelHandlerContext ctx, ScramClient client, byte[] serverFirst) {
    Runnable next;
    try {
      byte[] proof = client.clientFinal(serverFirst);
      next = () -> proved(ctx, proof);
    } catch (ScramFailure e) {
      next = () -> fail(ctx, new PgError.ServerLoginFailed(server(), e.getMessage(), null));
    } catch (RuntimeException e) {
      telemetry.fault("SCRAM proof", e);
      next = () -> fail(ctx, new PgError.InternalError("the SCRAM proof failed"));
    }
    try {
      ctx.executor().execute(next);
    } catch (RejectedExecutionException e) {
      // The loop is gone, and with it the channel, whose end has told the listener.
    }
  }

  private void proved(ChannelHandlerContext ctx, byte[] proof) {
    if (ended) {
      return;
    }
    proving = false;
    send(ctx, out -> StartupMessages.saslResponse(out, proof));
    proceed(ctx);
  }

  private static void send(ChannelHandlerContext ctx, Consumer<ByteBuf> writer) {
    ByteBuf out = ctx.alloc().buffer();
    try {
      writer.accept(out);
    } catch (RuntimeException e) {
      out.release();
      throw e;
    }
    ctx.writeAndFlush(out, ctx.voidPromise());
  }

  private void finish(ChannelHandlerContext ctx) {
    end();
    ByteBuf rest = reader.takeRest();
    ServerGreeting greeting =
        new ServerGreeting(
            ctx.channel(),
            dialogue.parameters(),
            dialogue.processId(),
            dialogue.secretKey(),
            dialogue.protocolVersion());
    try {
      listener.loggedIn(greeting);
    } catch (RuntimeException e) {
      telemetry.fault("login listener", e);
      ctx.close();
    }
    // Passed on from here, not from the head of the pipeline: handlers before this one have seen
    // it.
    if (rest != null) {
      ctx.fireChannelRead(rest);
      ctx.fireChannelReadComplete();
    }
    if (!ctx.isRemoved()) {
      ctx.pipeline().remove(this);
    }
  }

  private void fail(ChannelHandlerContext ctx, PgError error) {
    if (ended) {
      return;
    }
    end();
    failed = true;
    reader.release();
    ctx.close();
    try {
      listener.failed(error);
    } catch (RuntimeException e) {
      telemetry.fault("login listener", e);
    }
  }

  private void end() {
    ended = true;
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(
        ctx,
        new PgError.ServerUnreachable(
            server(), "The server closed the connection during the login."));
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (ended) {
      ctx.fireExceptionCaught(cause);
      return;
    }
    if (!(cause instanceof IOException)) {
      telemetry.fault("the login at a server", cause);
    }
    fail(ctx, new PgError.ServerUnreachable(server(), Dialer.reason(cause)));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    reader.release();
  }

  private String server() {
    return request.node().toString();
  }
}
