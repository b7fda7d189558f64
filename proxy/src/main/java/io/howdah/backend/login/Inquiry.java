package io.howdah.backend.login;

import io.howdah.backend.transport.AddressGone;
import io.howdah.backend.transport.Dialer;
import io.howdah.backend.transport.MessageReader;
import io.howdah.telemetry.Telemetry;
import io.howdah.wire.BackendType;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrontendMessages;
import io.howdah.wire.FrontendType;
import io.howdah.wire.MalformedMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Howdah's own questions to a server: one simple query at a time over a connection that is logged
 * in, with small answers that are held in memory.
 *
 * <p>Thread: the connection's event loop, for every call and every callback.
 */
public final class Inquiry extends ChannelInboundHandlerAdapter {
  /** An answer with more rows ends the connection. */
  public static final int MAX_ROWS = 100_000;

  /** An answer with more bytes ends the connection; also the bound of one row. */
  public static final int MAX_BYTES = 16 << 20;

  /** How a question ended. */
  public sealed interface Answer {}

  /**
   * The rows, of all statements if there were several; values as text, a NULL as null. Fields of
   * the arrays belong to the receiver.
   */
  public record Rows(List<String[]> rows) implements Answer {}

  /** The server's error; the connection stays usable. */
  public record Refused(ErrorFields error) implements Answer {}

  /** The connection is gone, or was closed for this reason. */
  public record Lost(String reason) implements Answer {}

  private final Channel channel;
  private final Telemetry telemetry;
  private final MessageReader reader = new MessageReader(MAX_BYTES);
  private Consumer<String> onLost = _ -> {};
  private Consumer<ByteBuf> onNotification = _ -> {};
  private Consumer<String> onAddressGone = _ -> {};
  private Consumer<Answer> waiting;
  private ScheduledFuture<?> timeout;
  private List<String[]> rows = new ArrayList<>();
  private long bytes;
  private ErrorFields error;
  private String lost;

  private Inquiry(Channel channel, Telemetry telemetry) {
    this.channel = channel;
    this.telemetry = telemetry;
  }

  /** Takes over a connection just logged in, as the last handler of its pipeline. */
  public static Inquiry on(Channel channel, Telemetry telemetry) {
    Inquiry inquiry = new Inquiry(channel, telemetry);
    channel.pipeline().addLast(inquiry);
    return inquiry;
  }

  /**
   * What to do once when the connection is lost or {@link #close closed}, after a waiting question
   * has had its answer.
   */
  public void onLost(Consumer<String> listener) {
    onLost = listener;
  }

  /** What to do when the server's name has another address; by default nothing. Gets the reason. */
  public void onAddressGone(Consumer<String> listener) {
    onAddressGone = listener;
  }

  /**
   * What to do with the body of each NotificationResponse, which is valid during the call; they may
   * come at any time.
   */
  public void onNotification(Consumer<ByteBuf> listener) {
    onNotification = listener;
  }

  /**
   * Asks.
   *
   * @param sql one or more statements
   * @param limit how long the answer may take before the connection is closed
   * @param answer called once, within this call only when the connection is lost already
   * @throws IllegalStateException while another question waits
   */
  public void ask(String sql, Duration limit, Consumer<Answer> answer) {
    if (waiting != null) {
      throw new IllegalStateException("one question at a time");
    }
    if (lost != null) {
      answer.accept(new Lost(lost));
      return;
    }
    waiting = answer;
    rows = new ArrayList<>();
    bytes = 0;
    error = null;
    timeout =
        channel
            .eventLoop()
            .schedule(
                () -> lose("no answer within " + limit.toMillis() + " ms"),
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
    channel.writeAndFlush(FrontendMessages.query(channel.alloc(), sql), channel.voidPromise());
  }

  /** Says good-bye and closes. */
  public void close() {
    if (lost == null) {
      lost = "closed by Howdah";
      ByteBuf out = FrontendMessages.bodyless(channel.alloc(), FrontendType.TERMINATE);
      channel.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
      tellLost();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reader.add(ctx.alloc(), (ByteBuf) message);
    try {
      while (lost == null && reader.next()) {
        receive(reader.type(), reader.body());
      }
    } catch (MalformedMessage | IndexOutOfBoundsException e) {
      lose("unexpected reply: " + e.getMessage());
    }
    if (lost != null) {
      reader.release();
    }
  }

  private void receive(byte type, ByteBuf body) {
    switch (type) {
      case BackendType.DATA_ROW -> row(body);
      case BackendType.ERROR_RESPONSE -> error = ErrorFields.read(body);
      case BackendType.READY_FOR_QUERY -> ready();
      case BackendType.ROW_DESCRIPTION,
          BackendType.COMMAND_COMPLETE,
          BackendType.EMPTY_QUERY_RESPONSE -> {
        if (waiting == null) {
          throw new MalformedMessage("an answer without a question");
        }
      }
      case BackendType.NOTIFICATION_RESPONSE -> onNotification.accept(body);
      case BackendType.NOTICE_RESPONSE, BackendType.PARAMETER_STATUS -> {}
      default -> throw new MalformedMessage("a message of type " + MessageReader.printable(type));
    }
  }

  private void row(ByteBuf body) {
    if (waiting == null) {
      throw new MalformedMessage("a row without a question");
    }
    bytes += body.readableBytes();
    if (rows.size() >= MAX_ROWS || bytes > MAX_BYTES) {
      throw new MalformedMessage(
          "an answer of more than " + MAX_ROWS + " rows or " + MAX_BYTES + " bytes");
    }
    String[] row = new String[body.readUnsignedShort()];
    for (int i = 0; i < row.length; i++) {
      int length = body.readInt();
      if (length < -1 || length > body.readableBytes()) {
        throw new MalformedMessage("a value of " + length + " bytes");
      }
      if (length >= 0) {
        row[i] = body.readCharSequence(length, StandardCharsets.UTF_8).toString();
      }
    }
    rows.add(row);
  }

  private void ready() {
    if (waiting == null) {
      throw new MalformedMessage("ReadyForQuery without a question");
    }
    Answer answer = error != null ? new Refused(error) : new Rows(rows);
    error = null;
    answer(answer);
  }

  private void answer(Answer answer) {
    timeout.cancel(false);
    Consumer<Answer> asked = waiting;
    waiting = null;
    rows = List.of();
    asked.accept(answer);
  }

  private void lose(String reason) {
    if (lost != null) {
      return;
    }
    lost = reason;
    channel.close();
    tellLost();
  }

  private void tellLost() {
    if (waiting != null) {
      answer(new Lost(lost));
    }
    onLost.accept(lost);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof AddressGone gone) {
      onAddressGone.accept(gone.reason());
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    // A server that ends a connection says why before: 57P01, 57P03 and the like.
    lose(error != null ? error.toString() : "the server closed the connection");
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      telemetry.fault("the answer to a question of Howdah's own", cause);
    }
    lose(Dialer.reason(cause));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    reader.release();
  }
}
