package io.howdah.frontend.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.config.AuthType;
import io.howdah.config.PoolMode;
import io.howdah.config.RoutingConfig;
import io.howdah.frontend.ClientSession;
import io.howdah.frontend.TestDesk;
import io.howdah.frontend.session.SessionState;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * A client that is in, a primary and replicas, all of them played by the test, with a worker
 * between. Messages are {@link MessageWords}.
 */
final class Dialogue implements AutoCloseable {
  final TestDesk desk;
  final EmbeddedChannel client;
  final SessionState state;
  final Map<NodeId, EmbeddedChannel> servers = new HashMap<>();
  final Map<NodeId, ServerConnection> connections = new HashMap<>();

  Dialogue(RoutingConfig routing, NodeId... replicas) {
    desk = new TestDesk(AuthType.TRUST, routing, replicas);
    client = desk.connect();
    state = desk.idle(client, PoolMode.TRANSACTION);
    open(TestDesk.NODE);
    for (NodeId each : replicas) {
      open(each);
    }
  }

  private void open(NodeId node) {
    EmbeddedChannel server = new EmbeddedChannel();
    servers.put(node, server);
    connections.put(node, desk.idleConnection(server, node));
  }

  @Override
  public void close() {
    assertThat(desk.faults).isEmpty();
    client.finishAndReleaseAll();
    servers.values().forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  ClientSession session() {
    return client.pipeline().get(ClientSession.class);
  }

  /** The client sends these messages. */
  void ask(String messages) {
    client.writeInbound(Unpooled.wrappedBuffer(MessageWords.clientBytes(messages)));
  }

  /** A server says these messages. */
  void say(NodeId node, String messages) {
    servers.get(node).writeInbound(Unpooled.wrappedBuffer(MessageWords.serverBytes(messages)));
    client.runPendingTasks();
  }

  /** The same in two packets. */
  void sayInTwo(NodeId node, byte[] bytes, int cut) {
    servers.get(node).writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
    servers.get(node).writeInbound(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut));
    client.runPendingTasks();
  }

  /** What the client was told since this was last asked. */
  byte[] told() {
    return drain(client);
  }

  /** What a server has heard since this was last asked. */
  byte[] heard(NodeId node) {
    return drain(servers.get(node));
  }

  private static byte[] drain(EmbeddedChannel channel) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
      byte[] bytes = new byte[each.readableBytes()];
      each.readBytes(bytes);
      all.writeBytes(bytes);
      each.release();
    }
    return all.toByteArray();
  }

  /** A total of all pools. */
  long count(Figure figure) {
    return desk.pools().pools().stream().mapToLong(pool -> pool.counters().get(figure)).sum();
  }
}
