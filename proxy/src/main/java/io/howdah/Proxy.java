package io.howdah;

import io.howdah.admin.Console;
import io.howdah.admin.Snapshot;
import io.howdah.admin.StatsHistory;
import io.howdah.auth.InvalidUsersFile;
import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.Salts;
import io.howdah.auth.Users;
import io.howdah.auth.UsersFile;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.listen.ListenHubs;
import io.howdah.backend.login.ServerConnector;
import io.howdah.backend.pools.ServerPools;
import io.howdah.backend.probe.ProbeSource;
import io.howdah.backend.transport.NodeAddresses;
import io.howdah.backend.transport.Transport;
import io.howdah.config.ClusterConfig;
import io.howdah.config.Fault;
import io.howdah.config.InvalidConfig;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.ProxyConfig;
import io.howdah.frontend.FrontDesk;
import io.howdah.frontend.Worker;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.ClusterView;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.howdah.topology.TopologySource;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The data plane: listens for clients, keeps server connections, and joins the two. One instance is
 * one proxy.
 *
 * <p>Thread: any.
 */
public final class Proxy implements AutoCloseable {
  /** The prefix of configuration keys in messages. */
  private static final String KEYS = "howdah";

  /**
   * Few loops with many sockets each cost less CPU a transaction than one a processor: they find
   * more to do at each wake-up.
   */
  private static final int PROCESSORS_PER_LOOP = 2;

  private static final int SLOW_WORK_THREADS = 4;
  private static final int SALTED_PASSWORDS = 10_000;
  private static final int QUIET_MILLIS = 0;
  private static final int CLOSE_SECONDS = 5;

  private final EventLoopGroup group;
  private final EventLoops loops;
  private final ExecutorService slowWork;
  private final Salts salts;
  private final Fleet fleet;
  private final ListenHubs listenHubs;
  private final FrontDesk desk;
  private final ProxyControl control;
  private final StatsHistory history = new StatsHistory();
  private final Worker[] workers;
  private final List<TopologySource> sources = new ArrayList<>();
  private final Listeners listeners;

  private Proxy(ProxyConfig config, Users users, Salts salts, Telemetry telemetry, Host host) {
    this.salts = salts;
    Transport transport = Transport.best();
    int threads =
        config.eventLoops() > 0
            ? config.eventLoops()
            : Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_PER_LOOP);
    this.group = transport.newEventLoops(threads, "howdah-loop");
    this.loops = new EventLoops(group);
    this.slowWork =
        Executors.newFixedThreadPool(
            SLOW_WORK_THREADS, Thread.ofPlatform().daemon().name("howdah-slow-", 0).factory());
    ServerConnector connector =
        new ServerConnector(
            transport,
            NodeAddresses.ofSystem(loops.loop(0), transport, config.dns(), telemetry),
            slowWork,
            new SaltedPasswords(SALTED_PASSWORDS),
            telemetry);
    this.fleet = new Fleet(connector, loops, telemetry, config, users);
    this.listenHubs = new ListenHubs(fleet);
    this.workers = new Worker[threads];
    this.control = new ProxyControl(fleet, listenHubs, workers, host, this::clients);
    this.desk = new FrontDesk(fleet, new Console(control, history), salts, new SecureRandom());
    ServerPools[] pools = new ServerPools[threads];
    for (int i = 0; i < threads; i++) {
      pools[i] = new ServerPools(i, loops.loop(i), fleet, listenHubs, pools);
      workers[i] = new Worker(loops.loop(i), pools[i], fleet, desk);
    }
    this.listeners =
        new Listeners(
            group,
            (channel, port) -> workers[loops.indexOf(channel.eventLoop())].accept(channel, port));
    int next = 0;
    for (ClusterConfig cluster : config.clusters().values()) {
      ClusterView view = new ClusterView(cluster);
      EventLoop loop = loops.loop(next++ % threads);
      ProbeSource source =
          new ProbeSource(
              connector,
              loop,
              cluster,
              database -> fleet.holds().isHeld(cluster.name(), database),
              view::observe);
      fleet.holds().onChange(source::holdsChanged);
      sources.add(source);
    }
  }

  /**
   * Starts a proxy that listens once this returns. It serves as soon as servers answer.
   *
   * @throws InvalidConfig with every fault of the configuration and of the users file
   * @throws ProxyStartFailed when it can't listen
   */
  public static Proxy start(ProxyConfig config, Telemetry telemetry) {
    return start(config, telemetry, Host.NONE);
  }

  /**
   * As {@link #start(ProxyConfig, Telemetry)}, in a process that the admin console may reload and
   * stop.
   *
   * @throws InvalidConfig with every fault of the configuration and of the users file
   * @throws ProxyStartFailed when it can't listen
   */
  public static Proxy start(ProxyConfig config, Telemetry telemetry, Host host) {
    Users users = load(config.checked(KEYS));
    Salts salts =
        config.auth().saltSecret().map(Salts::of).orElseGet(() -> Salts.random(new SecureRandom()));
    users.deriveVerifiers(salts);
    Proxy proxy = new Proxy(config, users, salts, telemetry, host);
    try {
      proxy.begin(config);
      return proxy;
    } catch (RuntimeException e) {
      proxy.close();
      throw e;
    }
  }

  private static Users load(ProxyConfig config) {
    if (config.auth().usersFile().isEmpty()) {
      return Users.NONE;
    }
    Path file = config.auth().usersFile().get();
    String key = KEYS + ".auth.users-file";
    try {
      return UsersFile.load(file);
    } catch (IOException e) {
      throw new InvalidConfig(
          List.of(new Fault(key, "can't read " + file + ": " + e, "a readable file")));
    } catch (InvalidUsersFile e) {
      throw new InvalidConfig(
          List.of(new Fault(key, e.getMessage(), "lines of \"user\" \"password or verifier\"")));
    }
  }

  private void begin(ProxyConfig config) {
    for (Worker worker : workers) {
      worker.start();
    }
    for (TopologySource source : sources) {
      source.start(this::topologyChanged);
    }
    loops
        .loop(0)
        .scheduleAtFixedRate(this::endPeriod, 0, StatsHistory.PERIOD.toSeconds(), TimeUnit.SECONDS);
    listeners.listen(config.listener());
  }

  private void endPeriod() {
    snapshot().thenAccept(now -> history.record(loops.nanoTime(), now.totals()));
  }

  /** Everything that can be shown, taken now on every event loop. */
  public CompletionStage<Snapshot> snapshot() {
    return control.snapshot();
  }

  private int clients(String database) {
    return desk.clientCount(database);
  }

  private void topologyChanged(Topology now) {
    Topology before = fleet.topology(now.cluster());
    fleet.topologyChanged(
        now,
        () -> {
          for (int i = 0; i < workers.length; i++) {
            Worker worker = workers[i];
            loops.post(i, () -> worker.topologyChanged(before, now));
          }
          listenHubs.topologyChanged(now);
        });
  }

  /** Where it listens for clients of all sorts. */
  public InetSocketAddress address() {
    return addresses().get(Purpose.ANY);
  }

  /** Where it listens, by what each port is for. */
  public Map<Purpose, InetSocketAddress> addresses() {
    return listeners.addresses();
  }

  /** How it stands; completes once every event loop has answered, which tells that they live. */
  public CompletionStage<ProxyStatus> status() {
    return control
        .onEveryWorker(_ -> {})
        .thenApply(
            _ -> {
              List<ClusterStatus> clusters = new ArrayList<>();
              fleet.config().clusters().keySet().forEach(name -> clusters.add(status(name)));
              return new ProxyStatus(listeners.areAccepting(), clusters);
            });
  }

  private ClusterStatus status(String cluster) {
    Topology topology = fleet.topology(cluster);
    if (topology == null) {
      return new ClusterStatus(cluster, false, false, 0, "no node has answered yet");
    }
    int replicas = 0;
    for (NodeState node : topology.nodes()) {
      if (node.up() && node.role() == Role.REPLICA) {
        replicas++;
      }
    }
    return new ClusterStatus(
        cluster, true, topology.primary() != null, replicas, topology.problem());
  }

  /**
   * Takes over what can be changed at run time: users, databases, pool sizes, limits and timeouts.
   * Listener, event loops and clusters stay as they are until a restart.
   *
   * @return fails with {@link InvalidConfig} when there is a fault; then nothing changes
   */
  public CompletionStage<Void> reload(ProxyConfig config) {
    try {
      Users users = load(config.checked(KEYS));
      users.deriveVerifiers(salts);
      fleet.reload(config, users);
      return control.onEveryWorker(Worker::reload);
    } catch (InvalidConfig e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Takes no new clients and ends every session where its transaction ends; after {@code
   * timeouts.drain} whatever is left is ended all the same.
   */
  public CompletionStage<Void> drain() {
    return releaseServers()
        .toCompletableFuture()
        .copy()
        .completeOnTimeout(
            null, fleet.config().timeouts().drain().toMillis(), TimeUnit.MILLISECONDS)
        .thenCompose(_ -> control.onEveryWorker(Worker::endAll));
  }

  /** The same for as long as it takes; done once every session has ended. */
  public CompletionStage<Void> releaseServers() {
    listeners.stop();
    return afterEveryWorker(Worker::drain);
  }

  /** Takes no new clients, and is done once those that there are have left of their own accord. */
  public CompletionStage<Void> awaitClients() {
    listeners.stop();
    return afterEveryWorker(Worker::whenClientsHaveLeft);
  }

  /** Runs a task on every worker's loop; done once each has run what it was given. */
  private CompletableFuture<Void> afterEveryWorker(BiConsumer<Worker, Runnable> task) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(workers.length);
    Runnable one =
        () -> {
          if (left.decrementAndGet() == 0) {
            over.complete(null);
          }
        };
    control.onEveryWorker(worker -> task.accept(worker, one));
    return over;
  }

  /** Stops at once: sessions and server connections are closed. */
  @Override
  public void close() {
    listeners.close();
    sources.forEach(TopologySource::close);
    control
        .onEveryWorker(Worker::endAll)
        .completeOnTimeout(null, CLOSE_SECONDS, TimeUnit.SECONDS)
        .join();
    group
        .shutdownGracefully(QUIET_MILLIS, CLOSE_SECONDS * 1000L, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly();
    slowWork.shutdownNow();
  }
}
