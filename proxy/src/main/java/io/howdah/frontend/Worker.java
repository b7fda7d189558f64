package io.howdah.frontend;

import io.howdah.auth.ScramKeys;
import io.howdah.auth.Users;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.fleet.LoginParameters;
import io.howdah.backend.pools.LeakCheck;
import io.howdah.backend.pools.PoolGroup;
import io.howdah.backend.pools.ServerPools;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.ProxyConfig;
import io.howdah.error.PgError;
import io.howdah.frontend.cancel.Cancellations;
import io.howdah.frontend.lease.Farewell;
import io.howdah.frontend.prepared.ParseVariants;
import io.howdah.frontend.prepared.StatementFinder;
import io.howdah.frontend.session.Interned;
import io.howdah.frontend.session.Loop;
import io.howdah.frontend.session.RouteCounts;
import io.howdah.frontend.startup.ClientCounts;
import io.howdah.route.classify.Classifier;
import io.howdah.route.function.BuiltinFunctions;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.Topology;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One event loop's share of the proxy: its client sessions, its server connections, and what they
 * have in common.
 *
 * <p>Thread: its loop, but where a method says otherwise.
 */
public final class Worker implements Loop {
  private static final long TICK_MILLIS = 100;
  private static final long FORGET_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EventLoop loop;
  private final ServerPools serverPools;
  private final Fleet fleet;
  private final FrontDesk desk;
  private final StatementFinder statements;
  private final ParseVariants parseVariants = new ParseVariants();
  private final Farewell farewell;
  private final LeakCheck leakCheck;
  private final Strangers strangers;
  private final Set<ClientSession> sessions = new LinkedHashSet<>();
  private final Interned<SessionSettings> settingSets = new Interned<>();
  private final Interned<Map<String, String>> parameterSets = new Interned<>();
  private final RouteCounts routes = new RouteCounts();
  private boolean logsRoutes;
  private long forgotAtNanos;
  private boolean draining;
  private final List<Runnable> withoutClients = new ArrayList<>();
  private Runnable whenEmpty;

  public Worker(EventLoop loop, ServerPools serverPools, Fleet fleet, FrontDesk desk) {
    this.loop = loop;
    this.serverPools = serverPools;
    this.fleet = fleet;
    this.desk = desk;
    ProxyConfig config = fleet.config();
    this.statements =
        new StatementFinder(
            new Classifier(BuiltinFunctions.INSTANCE, config.routing().maxScannedBytes()),
            config.routing(),
            desk.preparedBytes(),
            desk.seed());
    this.strangers = new Strangers(desk.strangers());
    this.farewell = new Farewell(this, desk.cancels());
    this.leakCheck = new LeakCheck(fleet);
  }

  /** Begins to look after deadlines. Thread: any. */
  public void start() {
    loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** One loop does it for all. */
  private void leaveDeserted(long now) {
    long after = config().pool().leaveAfter().toNanos();
    if (serverPools.isFirst() && after > 0) {
      clients().deserted(now, after).forEach(serverPools::leave);
    }
  }

  /** Nothing that goes wrong in one place keeps the clocks of the others from going on. */
  private void tick() {
    tick(nanoTime());
  }

  void tick(long now) {
    Telemetry telemetry = telemetry();
    telemetry.contain("the clock of server connections", serverPools::tick);
    telemetry.contain("the clock of leak checks", leakCheck::reload);
    telemetry.contain("the clock of deserted databases", () -> leaveDeserted(now));
    telemetry.contain("whether routes are logged", () -> logsRoutes = telemetry.wantsRoutes());
    forEach(session -> session.tick(now));
    if (now - forgotAtNanos > FORGET_EVERY_NANOS) {
      forgotAtNanos = now;
      telemetry.contain("the clock of unused pools", () -> serverPools.forgetUnused(poolsInUse()));
    }
  }

  /** A session in which it throws ends, and the others have their turn all the same. */
  private void forEach(Consumer<ClientSession> step) {
    for (ClientSession session : new ArrayList<>(sessions)) {
      session.contain(() -> step.accept(session));
    }
  }

  private Set<PoolGroup> poolsInUse() {
    Set<PoolGroup> inUse = new HashSet<>();
    for (ClientSession session : sessions) {
      if (session.state() != null) {
        inUse.add(session.state().pools);
      } else if (session.phase() instanceof WelcomePhase welcome) {
        inUse.add(welcome.pools());
      }
    }
    return inUse;
  }

  /**
   * Takes in a client that was just accepted.
   *
   * @param port what the port is for by which it came
   */
  public void accept(Channel channel, Purpose port) {
    channel.pipeline().addLast(new ClientSession(this, desk.nextSessionId(), port));
  }

  /** A cluster changed; {@code before} is null the first time. */
  public void topologyChanged(Topology before, Topology now) {
    serverPools.topologyChanged(before, now);
    chooseAnew();
  }

  /** The configuration changed. */
  public void reload() {
    serverPools.reload();
    chooseAnew();
  }

  /** What sessions wait for may have changed: each chooses anew. */
  public void chooseAnew() {
    forEach(session -> session.phase().chooseAnew());
  }

  /**
   * Ends every session as soon as it has no transaction.
   *
   * @param empty called once none is left
   */
  public void drain(Runnable empty) {
    draining = true;
    whenEmpty = empty;
    forEach(session -> session.phase().drain());
    checkEmpty();
  }

  /** Ends every session now, and closes every server connection. */
  public void endAll() {
    forEach(session -> session.terminate(new PgError.ShuttingDown()));
    serverPools.closeAll("shutting down");
  }

  /** Ends the sessions of a database and closes its server connections; of all when it is null. */
  public void kill(String database) {
    forEach(
        session -> {
          if (session.registration.isServed()
              && (database == null || session.identity().database().equals(database))) {
            session.terminate(new PgError.Killed());
          }
        });
    serverPools.closeDatabase(database, "KILL");
  }

  /** Ends one session; whether it is one of this worker's. */
  public boolean killClient(long id) {
    for (ClientSession session : sessions) {
      if (session.id == id) {
        session.terminate(new PgError.Killed());
        return true;
      }
    }
    return false;
  }

  /**
   * Runs a task once no client is left. Who is on the console is no client, nor is one whose login
   * is not over: it can't have asked for anything.
   */
  public void whenClientsHaveLeft(Runnable task) {
    withoutClients.add(task);
    checkEmpty();
  }

  private void checkEmpty() {
    if (whenEmpty != null && sessions.isEmpty()) {
      Runnable empty = whenEmpty;
      whenEmpty = null;
      empty.run();
    }
    if (!withoutClients.isEmpty()
        && sessions.stream().noneMatch(each -> each.registration.isServed())) {
      List<Runnable> tasks = List.copyOf(withoutClients);
      withoutClients.clear();
      tasks.forEach(Runnable::run);
    }
  }

  /** Every session of this loop. */
  public Collection<ClientSession> sessions() {
    return sessions;
  }

  /** The server connections of this loop. */
  public ServerPools serverPools() {
    return serverPools;
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  void entered(ClientSession session) {
    sessions.add(session);
    strangers.enters(session, config().clients().maxUnauthenticated());
  }

  void left(ClientSession session) {
    sessions.remove(session);
    strangers.leaves(session);
    checkEmpty();
  }

  /** Who has not proven who it is. */
  Strangers strangers() {
    return strangers;
  }

  boolean isDraining() {
    return draining;
  }

  @Override
  public SessionSettings interned(SessionSettings settings) {
    return settingSets.of(settings);
  }

  @Override
  public Map<String, String> internedParameters(Map<String, String> parameters) {
    return parameterSets.of(parameters);
  }

  @Override
  public long nanoTime() {
    return fleet.loops().nanoTime();
  }

  @Override
  public ProxyConfig config() {
    return fleet.config();
  }

  Users users() {
    return fleet.users();
  }

  @Override
  public Telemetry telemetry() {
    return fleet.telemetry();
  }

  Fleet fleet() {
    return fleet;
  }

  LoginParameters loginParameters() {
    return fleet.loginParameters();
  }

  void captured(String user, ScramKeys keys) {
    fleet.captured(user, keys);
  }

  @Override
  public StatementFinder statements() {
    return statements;
  }

  @Override
  public ParseVariants parseVariants() {
    return parseVariants;
  }

  @Override
  public AtomicLong settingsBytes() {
    return desk.settingsBytes();
  }

  @Override
  public RouteCounts routes() {
    return routes;
  }

  @Override
  public boolean logsRoutes() {
    return logsRoutes;
  }

  Farewell farewell() {
    return farewell;
  }

  @Override
  public LeakCheck leakCheck() {
    return leakCheck;
  }

  public Cancellations cancels() {
    return desk.cancels();
  }

  ClientCounts clients() {
    return desk.clients();
  }

  FrontDesk desk() {
    return desk;
  }
}
