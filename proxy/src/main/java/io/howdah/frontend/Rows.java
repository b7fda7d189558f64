package io.howdah.frontend;

import io.howdah.admin.Snapshot;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.login.ServerIdentity;
import io.howdah.backend.pools.NodePool;
import io.howdah.backend.pools.PoolGroup;
import io.howdah.backend.replication.ReplicationConnection;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.WaitReason;
import io.howdah.frontend.startup.ClientIdentity;
import io.howdah.pool.PoolSnapshot;
import io.howdah.telemetry.PoolCounters.Figure;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one worker adds to the console's tables.
 *
 * <p>Thread: taken on the worker's loop, then immutable.
 *
 * @param clients its sessions
 * @param servers its server connections
 * @param pools its share of each pool; the same pool of another worker has a row there too
 * @param routes how many statements it sent where, by reason
 * @param loginClients clients that have not finished their login
 * @param waits how many of its sessions wait for what, by the label of the {@link WaitReason}
 */
public record Rows(
    List<Snapshot.Client> clients,
    List<Snapshot.Server> servers,
    List<Snapshot.Pool> pools,
    List<Snapshot.Route> routes,
    int loginClients,
    Map<String, Long> waits) {

  private static final Snapshot.Address NOWHERE = new Snapshot.Address("", 0);

  /** Takes them. Thread: the worker's loop. */
  public static Rows of(Worker worker) {
    Map<ServerConnection, ClientSession> users = new HashMap<>();
    List<Snapshot.Client> clients = new ArrayList<>();
    List<Snapshot.Server> relays = new ArrayList<>();
    Map<PoolGroup, int[]> clientCounts = new HashMap<>();
    Map<String, Long> waits = new HashMap<>();
    int login = 0;
    for (ClientSession session : worker.sessions()) {
      Wait wait = session.waits().current();
      if (wait != null) {
        waits.merge(wait.reason().label(), 1L, Long::sum);
      }
      SessionState state = session.state();
      if (session.identity() == null || session.phase().state().equals("login")) {
        login++;
        continue;
      }
      if (state != null) {
        int[] counts = clientCounts.computeIfAbsent(state.pools, g -> new int[2]);
        counts[session.phase() instanceof WaitingTurn ? 1 : 0]++;
        if (session.turn().server() != null) {
          users.put(session.turn().server(), session);
        }
      }
      clients.add(client(worker, session));
      ReplicationPhase.serverOf(session)
          .ifPresent(server -> relays.add(relay(worker, server, session)));
    }
    List<Snapshot.Server> servers = new ArrayList<>();
    for (ServerConnection server : worker.serverPools().connections()) {
      servers.add(server(worker, server, users.get(server)));
    }
    servers.addAll(relays);
    List<Snapshot.Pool> pools = new ArrayList<>();
    for (PoolGroup group : worker.serverPools().groups()) {
      int[] counts = clientCounts.getOrDefault(group, new int[2]);
      for (NodePool pool : group.pools()) {
        pools.add(pool(worker, group, pool, counts));
      }
    }
    return new Rows(clients, servers, pools, worker.routes().rows(), login, waits);
  }

  private static Snapshot.Client client(Worker worker, ClientSession session) {
    ClientIdentity who = session.identity();
    SessionState state = session.state();
    boolean waiting = state != null && session.phase() instanceof WaitingTurn;
    ServerConnection server = state == null ? null : session.turn().server();
    ReplicationConnection relay = ReplicationPhase.serverOf(session).orElse(null);
    Wait wait = session.waits().current();
    return new Snapshot.Client(
        session.id,
        who.user(),
        who.database(),
        session.phase().state(),
        address(session.channel(), true),
        address(session.channel(), false),
        Instant.ofEpochMilli(session.connectedAtMillis),
        wallClock(worker, session.lastHeardNanos()),
        waiting ? (worker.nanoTime() - session.turns().waiting().sinceNanos()) / 1000 : 0,
        server != null ? server.opening().id() : relay == null ? 0 : relay.opening().id(),
        "",
        state == null ? given(who) : state.settings().values().getOrDefault("application_name", ""),
        state == null ? 0 : state.names.size(),
        state == null ? relay == null ? null : "replication" : state.pinning.text(),
        state == null || state.pinning.kind() == null ? null : state.pinning.kind().label(),
        wait == null ? null : wait.text(),
        wait == null ? 0 : (worker.nanoTime() - session.waits().sinceNanos()) / 1_000_000);
  }

  private static String given(ClientIdentity who) {
    return who.options().direct().getOrDefault("application_name", "");
  }

  private static Snapshot.Server relay(
      Worker worker, ReplicationConnection server, ClientSession user) {
    ServerIdentity identity = server.identity();
    return new Snapshot.Server(
        server.opening().id(),
        identity.user(),
        identity.database(),
        "active",
        address(server.channel(), true),
        address(server.channel(), false),
        Instant.ofEpochMilli(server.opening().atMillis()),
        wallClock(worker, user.lastHeardNanos()),
        false,
        user.id,
        identity.processId(),
        "",
        given(user.identity()),
        0,
        identity.node().toString(),
        worker.serverPools().role(identity.node()));
  }

  private static Snapshot.Server server(
      Worker worker, ServerConnection server, ClientSession user) {
    String status =
        user != null
            ? "active"
            : server.isBusy() ? "tested" : server.slot().idle() ? "idle" : "active";
    return new Snapshot.Server(
        server.opening().id(),
        server.identity().user(),
        server.identity().database(),
        status,
        address(server.channel(), true),
        address(server.channel(), false),
        Instant.ofEpochMilli(server.opening().atMillis()),
        wallClock(worker, server.slot().lastUsedAt()),
        server.isClosing(),
        user == null ? 0 : user.id,
        server.identity().processId(),
        "",
        server.applied().values().getOrDefault("application_name", ""),
        server.statements().count(),
        server.identity().node().toString(),
        worker.serverPools().role(server.identity().node()));
  }

  /** Clients that have no server connection are counted at the primary's pool alone. */
  private static Snapshot.Pool pool(Worker worker, PoolGroup group, NodePool pool, int[] clients) {
    PoolSnapshot now = pool.pool().snapshot(worker.nanoTime());
    Map<Figure, Long> totals = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      totals.put(figure, pool.counters().get(figure));
    }
    int idleClients = pool.isPrimary() ? clients[0] : now.active();
    return new Snapshot.Pool(
        group.database(),
        group.user(),
        idleClients,
        now.waiting(),
        0,
        0,
        now.active(),
        0,
        now.idle(),
        0,
        now.opening(),
        now.oldestWaitMicros(),
        worker.config().poolMode(group.entry(), group.user()).name().toLowerCase(Locale.ROOT),
        pool.node().toString(),
        worker.serverPools().role(pool.node()),
        now.refusal(),
        totals);
  }

  private static Instant wallClock(Worker worker, long nanos) {
    long ago = (worker.nanoTime() - nanos) / 1_000_000;
    return Instant.ofEpochMilli(System.currentTimeMillis() - ago);
  }

  private static Snapshot.Address address(Channel channel, boolean remote) {
    Object address = remote ? channel.remoteAddress() : channel.localAddress();
    return address instanceof InetSocketAddress inet
        ? new Snapshot.Address(inet.getAddress().getHostAddress(), inet.getPort())
        : NOWHERE;
  }
}
