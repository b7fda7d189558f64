package io.howdah.backend;

import io.howdah.error.PgError;
import io.howdah.pool.Budget;
import io.howdah.pool.Pool;
import io.howdah.pool.PoolActions;
import io.howdah.pool.PoolSlot;
import io.howdah.topology.NodeId;
import io.howdah.wire.Protocol;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;

/**
 * The server connections of one pool of one event loop: opens, closes and moves what the pool asks
 * for, and tells it of those that are gone.
 *
 * <p>Thread: that loop.
 */
final class PoolConnections implements PoolActions<ServerConnection>, ServerConnection.Owner {
  private final ServerPools pools;
  private final Fleet fleet;
  private final EventLoop loop;
  private final PoolGroup group;
  private final NodeId node;
  private final Pool<ServerConnection> pool;

  /**
   * @param budget what the pool shares with the other loops' pools
   */
  PoolConnections(ServerPools pools, PoolGroup group, NodeId node, Budget budget) {
    this.pools = pools;
    this.fleet = pools.fleet();
    this.loop = pools.loop();
    this.group = group;
    this.node = node;
    this.pool = new Pool<>(budget, pools.loopIndex(), this);
  }

  PoolGroup group() {
    return group;
  }

  Pool<ServerConnection> pool() {
    return pool;
  }

  @Override
  public void open(PoolSlot slot) {
    fleet.connector().connect(loop, request(), new Opening(slot));
  }

  private LoginRequest request() {
    return new LoginRequest(
        node,
        group.serverDatabase(),
        group.serverUser(),
        fleet.secretFor(group.entry(), group.serverUser()),
        group.startup(),
        Protocol.VERSION_3_2,
        fleet.config().timeouts().serverConnect(),
        fleet.config().timeouts().serverLogin());
  }

  private final class Opening implements LoginListener {
    private final PoolSlot slot;

    Opening(PoolSlot slot) {
      this.slot = slot;
    }

    @Override
    public void loggedIn(ServerGreeting greeting) {
      ServerIdentity identity =
          new ServerIdentity(
              node,
              group.serverDatabase(),
              group.serverUser(),
              greeting.processId(),
              greeting.secretKey(),
              new LinkedHashMap<>(greeting.parameters()),
              greeting.protocolVersion());
      ServerConnection connection =
          new ServerConnection(
              greeting.channel(),
              identity,
              slot,
              fleet.config().clients().maxServerPreparedStatements(),
              PoolConnections.this);
      greeting.channel().pipeline().addLast(connection);
      pools.connections().add(connection);
      if (pool.budget().refusal().ended()) {
        fleet.telemetry().serverAccepts(node.toString(), group.user(), group.database());
      }
      pool.opened(connection, fleet.loops().nanoTime());
    }

    @Override
    public void failed(PgError error) {
      boolean permanent =
          error instanceof PgError.ServerLoginRefused refused && refused.isPermanent();
      if (permanent || isOnlyOne()) {
        refused(error);
      }
      pool.openFailed(error, permanent, fleet.loops().nanoTime());
    }
  }

  /** Whether the attempt that just failed is all that the pools have on all loops. */
  private boolean isOnlyOne() {
    return pool.budget().open() <= 1;
  }

  /** To be called before those who wait hear of it: they must know which node to avoid. */
  private void refused(PgError error) {
    if (pool.budget().refusal().refused(error, fleet.loops().nanoTime())) {
      fleet
          .telemetry()
          .serverRefuses(
              node.toString(), group.user(), group.database(), error.code(), error.message());
    }
  }

  @Override
  public void close(ServerConnection connection, String reason) {
    connection.destroy(reason);
  }

  @Override
  public void gone(ServerConnection connection, String reason, boolean violation) {
    pools.connections().remove(connection);
    fleet
        .telemetry()
        .serverClosed(node.toString(), group.user(), group.database(), reason, violation);
    pool.discard(connection, fleet.loops().nanoTime());
  }

  @Override
  public void move(ServerConnection connection, int to) {
    pools.connections().remove(connection);
    Channel channel = connection.channel();
    ServerPools target = pools.ofLoop(to);
    channel
        .deregister()
        .addListener(
            left -> {
              if (left.isSuccess()) {
                target
                    .loop()
                    .execute(
                        () ->
                            target
                                .group(
                                    group.entry(), group.database(), group.user(), group.startup())
                                .pool(node)
                                .connections()
                                .arrive(connection));
              } else {
                loop.execute(() -> connection.destroy("could not leave its event loop"));
              }
            });
  }

  /** Takes in a connection that left another loop. */
  private void arrive(ServerConnection connection) {
    pools.connections().add(connection);
    connection.movedTo(this);
    loop.register(connection.channel())
        .addListener(
            joined -> {
              if (joined.isSuccess() && connection.channel().isActive()) {
                pool.adopted(connection, fleet.loops().nanoTime());
              } else {
                connection.destroy("lost on its way to another event loop");
                // It may have ended over there before it came here: then nobody says so again.
                pools.connections().remove(connection);
              }
            });
  }
}
