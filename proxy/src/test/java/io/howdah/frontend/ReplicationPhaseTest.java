package io.howdah.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.login.ServerIdentity;
import io.howdah.backend.replication.ReplicationConnection;
import io.howdah.backend.replication.ReplicationConnector;
import io.howdah.config.AuthType;
import io.howdah.config.DatabaseConfig;
import io.howdah.frontend.startup.ClientIdentity;
import io.howdah.frontend.startup.Replication;
import io.howdah.frontend.startup.StartupOptions;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.howdah.wire.ErrorFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client and its WAL sender, without sockets. */
class ReplicationPhaseTest {
  private static final String QUERY = "51 00000006 7800";
  private static final String KEEPALIVE = "64 00000016 6b" + "00".repeat(17);

  private final List<String> cancels = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();
  private final TestDesk desk =
      new TestDesk(
          AuthType.TRUST,
          (_, server, over) -> {
            cancels.add(server.toString());
            over.accept(true);
          });
  private final EmbeddedChannel client = desk.connect();
  private final EmbeddedChannel server = new EmbeddedChannel();
  private ClientSession session;

  @BeforeEach
  void attach() {
    session = client.pipeline().get(ClientSession.class);
    StartupOptions options =
        StartupOptions.of(
            java.util.Map.of("user", "app", "database", "demo", "replication", "database"));
    DatabaseConfig entry = DatabaseConfig.of("demo", "main");
    session.identify(
        new ClientIdentity("app", "demo", entry, null, options, 0, Replication.LOGICAL, "test"));
    ServerIdentity identity =
        new ServerIdentity(TestDesk.NODE, "demo", "app", 7, new byte[4], new HashMap<>(), 3 << 16);
    ReplicationConnection connection =
        new ReplicationConnection(server, identity, desk, closed::add);
    server.pipeline().addLast(connection);
    ReplicationPhase phase =
        new ReplicationPhase(
            session, new ReplicationConnector(desk.fleet, entry, "demo", "app"), connection);
    session.become(phase);
    phase.begin();
  }

  @AfterEach
  void close() {
    client.finishAndReleaseAll();
    client.checkException();
    server.finishAndReleaseAll();
    server.checkException();
    assertThat(desk.faults).isEmpty();
    assertThat(closed).as("told once that the connection is closed").hasSize(1);
    assertThat(desk.worker.sessions()).isEmpty();
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static String taken(EmbeddedChannel from) {
    StringBuilder hex = new StringBuilder();
    for (ByteBuf part = from.readOutbound(); part != null; part = from.readOutbound()) {
      hex.append(ByteBufUtil.hexDump(part));
      part.release();
    }
    return hex.toString();
  }

  private ErrorFields error() {
    ByteBuf heard = client.readOutbound();
    heard.skipBytes(5);
    ErrorFields fields = ErrorFields.read(heard);
    heard.release();
    return fields;
  }

  @Test
  void bytesPassBothWaysAtEveryBoundary() {
    String there = (QUERY + "64 00000005 01" + "63 00000004").replace(" ", "");
    String back = ("57 00000007 000000" + KEEPALIVE + "45 00000005 00").replace(" ", "");
    for (int i = 0; i <= there.length(); i += 2) {
      client.writeInbound(bytes(there.substring(0, i)), bytes(there.substring(i)));
      assertThat(taken(server)).isEqualTo(there);
    }
    for (int i = 0; i <= back.length(); i += 2) {
      server.writeInbound(bytes(back.substring(0, i)), bytes(back.substring(i)));
      assertThat(taken(client)).isEqualTo(back);
    }
  }

  @Test
  void thePrimaryThatIsNoneAnyMoreEndsIt() {
    desk.worker.topologyChanged(null, desk.fleet.topology("main"));
    assertThat(client.isActive()).as("nothing changed").isTrue();
    NodeState other =
        new NodeState(
            new NodeId("main", "db2", 5432), Role.PRIMARY, 2, new Lsn(0), 0, 0, true, null);
    Topology now = new Topology("main", 2, other, List.of(other), null);
    desk.fleet.topologyChanged(now, () -> desk.worker.topologyChanged(null, now));
    ErrorFields error = error();
    assertThat(error.isFatal()).isTrue();
    assertThat(error.code()).isEqualTo("08006");
    assertThat(error.detail()).contains("no longer the primary");
    assertThat(server.isActive()).isFalse();
  }

  @Test
  void nothingIsSaidInTheMidstOfAMessage() {
    server.writeInbound(bytes("64 00000016 77 0000"));
    taken(client);
    session.phase().drain();
    assertThat(taken(client)).isEmpty();
    assertThat(client.isActive()).isFalse();
    assertThat(server.isActive()).isFalse();
  }

  @Test
  void theServersLastWordIsTheLast() {
    ByteBuf fatal = Unpooled.buffer();
    ErrorFields.write(fatal, new io.howdah.error.PgError.ShuttingDown());
    String hex = ByteBufUtil.hexDump(fatal);
    fatal.release();
    server.writeInbound(bytes(hex));
    server.close();
    assertThat(taken(client)).isEqualTo(hex);
    assertThat(client.isActive()).isFalse();
  }

  @Test
  void aServerThatCloses() {
    server.close();
    assertThat(error().code()).isEqualTo("08006");
    assertThat(client.isActive()).isFalse();
  }

  @Test
  void aGoodbyeIsPassedOnAndWhatFollowsUnheard() {
    client.writeInbound(bytes(QUERY + "58 00000004"));
    assertThat(taken(server)).isEqualTo((QUERY + "58 00000004").replace(" ", ""));
    assertThat(client.isActive()).isFalse();
    assertThat(server.isActive()).as("the server closes, when it is done").isTrue();
    server.writeInbound(bytes(KEEPALIVE));
    server.close();
  }

  @Test
  void aClientThatVanishes() {
    client.close();
    assertThat(server.isActive()).isFalse();
  }

  @Test
  void aCancelGoesToTheWalSender() {
    int[] over = new int[1];
    session.phase().cancel(() -> over[0]++);
    server.runPendingTasks();
    assertThat(cancels).containsExactly("app@db1:5432/demo pid 7");
    assertThat(over[0]).isEqualTo(1);
  }

  @Test
  void aSlowSideHoldsTheOtherBack() {
    session.phase().clientWritable(false);
    assertThat(server.config().isAutoRead()).isFalse();
    session.phase().clientWritable(true);
    assertThat(server.config().isAutoRead()).isTrue();
    ((ReplicationConnection.Link) session.phase()).serverWritable(false);
    assertThat(client.config().isAutoRead()).isFalse();
    ((ReplicationConnection.Link) session.phase()).serverWritable(true);
    assertThat(client.config().isAutoRead()).isTrue();
  }
}
