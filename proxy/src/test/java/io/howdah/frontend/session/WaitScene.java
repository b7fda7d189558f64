package io.howdah.frontend.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.connection.Chore;
import io.howdah.config.AuthType;
import io.howdah.config.PoolMode;
import io.howdah.config.RoutingConfig;
import io.howdah.error.PgError;
import io.howdah.frontend.ClientSession;
import io.howdah.frontend.TestDesk;
import io.howdah.wire.ErrorFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A client and a server by hand, and a session between them that can be brought to wait. */
final class WaitScene {
  private static final RoutingConfig ROUTING =
      RoutingConfig.DEFAULT.with(
          r -> {
            r.maxLagBytes = 0;
            r.maxLag = Duration.ZERO;
            r.catalogRefresh = Duration.ZERO;
            r.lazyBegin = true;
          });

  final TestDesk silent = new TestDesk(AuthType.TRUST, (_, _, _) -> {});
  final TestDesk unread = new TestDesk(AuthType.TRUST, RoutingConfig.DEFAULT);
  final TestDesk desk = new TestDesk(AuthType.TRUST, ROUTING, TestDesk.REPLICA);
  EmbeddedChannel client = desk.connect();
  final EmbeddedChannel server = new EmbeddedChannel();
  ClientSession session;

  void close() {
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
  }

  ClientSession session(SessionState of) {
    assertThat(of.session).isSameAs(client.pipeline().get(ClientSession.class));
    return client.pipeline().get(ClientSession.class);
  }

  SessionState idle() {
    SessionState state = desk.idle(client, PoolMode.TRANSACTION);
    session = session(state);
    session.loggedIn(state);
    session.waitsBeside(null);
    return state;
  }

  SessionState attached(PoolMode mode) {
    SessionState state = desk.attach(client, server, mode);
    session = session(state);
    session.waitsBeside(null);
    return state;
  }

  /** So much time passes, and the session's clock has a look. */
  void pass(Duration time) {
    for (TestDesk each : List.of(desk, silent, unread)) {
      each.clock.pass(time);
    }
    session.tick(desk.clock.nanoTime());
  }

  static Chore nothing() {
    return new Chore() {
      @Override
      public void done() {}

      @Override
      public void failed(PgError error) {}
    };
  }

  static void full(EmbeddedChannel channel) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    channel.runPendingTasks();
  }

  void ask(String sql) {
    send(message('Q', sql + "\0"));
  }

  void send(ByteBuf... messages) {
    client.writeInbound((Object[]) new ByteBuf[] {Unpooled.wrappedBuffer(messages)});
    client.runPendingTasks();
  }

  /** What the server says: a type, and the text of its body. */
  void say(String... messages) {
    ByteBuf[] all = new ByteBuf[messages.length];
    for (int i = 0; i < all.length; i++) {
      char type = messages[i].charAt(0);
      String text = messages[i].substring(2);
      all[i] = message(type, type == 'C' ? text + "\0" : text);
    }
    server.writeInbound((Object[]) new ByteBuf[] {Unpooled.wrappedBuffer(all)});
    client.runPendingTasks();
  }

  static ByteBuf startup(String user, String database) {
    byte[] bytes =
        ("user\0" + user + "\0database\0" + database + "\0\0").getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer().writeInt(8 + bytes.length).writeInt(3 << 16).writeBytes(bytes);
  }

  static ByteBuf message(char type, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer().writeByte(type).writeInt(4 + bytes.length).writeBytes(bytes);
  }

  /** The SQLSTATEs of the errors that the client was told since the last call. */
  String told() {
    client.runPendingTasks();
    StringBuilder all = new StringBuilder();
    for (ByteBuf each = client.readOutbound(); each != null; each = client.readOutbound()) {
      while (each.readableBytes() >= 5) {
        byte type = each.readByte();
        ByteBuf body = each.readSlice(each.readInt() - 4);
        if (type == 'E') {
          all.append(ErrorFields.read(body).code()).append(' ');
        }
      }
      each.release();
    }
    return all.toString();
  }
}
