package io.howdah.backend.pools;

import io.howdah.backend.connection.ConnectionOwner;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.login.LoginListener;
import io.howdah.backend.login.LoginRequest;
import io.howdah.backend.login.ServerGreeting;
import io.howdah.backend.login.ServerIdentity;
import io.howdah.error.PgError;
import io.howdah.pool.Budget;
import io.howdah.pool.Pool;
import io.howdah.pool.PoolActions;
import io.howdah.pool.PoolSlot;
import io.howdah.topology.NodeId;
import io.howdah.wire.Protocol;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;

/**
 * The server connections of one pool of one event loop: opens, closes and moves what the pool asks
 * for, and tells it of those that are gone.
 *
 * <p>Thread: that loop.
 */
final class PoolConnections implements PoolActions<ServerConnection>, ConnectionOwner {
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
    try {
      fleet.connector().connect(loop, request(), new Opening(slot));
    } catch (RuntimeException e) {
      // The pool counts it as being opened until it hears how that ended.
      fault(e);
      pool.openFailed(
          new PgError.InternalError("no server connection could be opened"),
          false,
          fleet.loops().nanoTime());
    }
  }

  @Override
  public void fault(Throwable cause) {
    fault("what a pool asked for", cause);
  }

  @Override
  public void fault(String where, Throwable cause) {
    fleet.telemetry().fault(where, cause);
  }

  @Override
  public void burstOver() {
    fleet.loops().endOfEvent(pools.loopIndex());
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
              node.toString(),
              group.user(),
              group.database(),
              error.code(),
              error.messageForLogs());
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
  public void retire(ServerConnection connection, String reason) {
    pool.retire(connection, reason);
  }

  @Override
  public void move(ServerConnection connection, int to) {
    pools.connections().remove(connection);
    ServerPools target = pools.ofLoop(to);
    int closings = pools.closings();
    connection
        .channel()
        .deregister()
        .addListener(
            left -> {
              if (left.isSuccess()) {
                target.loop().execute(() -> arriveAt(target, connection, closings));
              } else {
                loop.execute(() -> connection.destroy("it could not leave its event loop"));
              }
            });
  }

  /** Thread: the loop of {@code target}. */
  private void arriveAt(ServerPools target, ServerConnection connection, int closings) {
    PoolConnections there;
    try {
      there =
          target
              .group(group.entry(), group.database(), group.user(), group.startup())
              .pool(node)
              .connections();
    } catch (RuntimeException e) {
      fault("the arrival of a server connection at an event loop", e);
      // Here it is still this loop's, if anybody's.
      loop.execute(() -> connection.destroy("it could not enter another event loop"));
      return;
    }
    there.arrive(connection, closings);
  }

  /**
   * Takes in a connection that left another loop.
   *
   * @param closings how often that loop had closed connections as it left ({@link
   *     ServerPools#closings}): if this one has done so since, it would have been among them
   */
  private void arrive(ServerConnection connection, int closings) {
    pools.connections().add(connection);
    connection.movedTo(this);
    loop.register(connection.channel())
        .addListener(
            joined -> {
              if (!joined.isSuccess() || !connection.channel().isActive()) {
                connection.destroy("it was lost on its way to another event loop");
                // It may have ended over there before it came here: then nobody says so again.
                pools.connections().remove(connection);
              } else if (closings != pools.closings()) {
                connection.destroy("others like it were closed while it changed its event loop");
              } else {
                pool.adopted(connection, fleet.loops().nanoTime());
              }
            });
  }
}
