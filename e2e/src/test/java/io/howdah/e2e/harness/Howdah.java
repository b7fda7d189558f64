package io.howdah.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.Proxy;
import io.howdah.admin.Snapshot;
import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig;
import io.howdah.config.PoolMode;
import io.howdah.config.TimeoutConfig;
import io.howdah.e2e.wire.Wire;
import io.howdah.telemetry.PoolCounters.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;

/**
 * A Howdah in this process. Closing it fails the test if Howdah had a fault of its own meanwhile.
 */
public final class Howdah implements AutoCloseable {
  private final Proxy proxy;
  private final Events events;
  private final HowdahSpec spec;
  private final Path usersFile;
  private boolean leaksAreMeant;

  private Howdah(Proxy proxy, Events events, HowdahSpec spec, Path usersFile) {
    this.proxy = proxy;
    this.events = events;
    this.spec = spec;
    this.usersFile = usersFile;
  }

  /** A configuration to change before {@link HowdahSpec#start}. */
  public static HowdahSpec of(PoolMode mode) {
    return HowdahSpec.inFrontOf(Servers.shared()).mode(mode);
  }

  static Howdah start(HowdahSpec spec) {
    Path usersFile = spec.writeUsersFile();
    Events events = new Events();
    Howdah howdah =
        new Howdah(
            Proxy.start(spec.config(usersFile), spec.isRecorded() ? events.recording() : events),
            events,
            spec,
            usersFile);
    howdah.awaitNodes();
    return howdah;
  }

  /** Reads go to replicas only once these are found: a test wants them there from its start. */
  private void awaitNodes() {
    Await.until(
        () -> proxy.status().toCompletableFuture().join(),
        status ->
            assertThat(status.clusters())
                .allSatisfy(
                    cluster -> {
                      assertThat(cluster.primaryReachable()).isTrue();
                      assertThat(cluster.replicasUsable()).isEqualTo(spec.nodes().size() - 1);
                    }));
  }

  public Proxy proxy() {
    return proxy;
  }

  /** The test leaves state behind on purpose. */
  public Howdah leaksAreMeant() {
    leaksAreMeant = true;
    return this;
  }

  /**
   * Changes timeouts as it runs: a short one is in force only while it is the test's subject, and
   * not while the test is set up.
   */
  public void timeouts(Consumer<TimeoutConfig.Change> change) {
    proxy.reload(spec.timeouts(change).config(usersFile)).toCompletableFuture().join();
  }

  public Events events() {
    return events;
  }

  public HostPort address() {
    return new HostPort("127.0.0.1", proxy.address().getPort());
  }

  /** Where it listens for clients of one sort. */
  public HostPort address(ListenerConfig.Purpose port) {
    return new HostPort("127.0.0.1", proxy.addresses().get(port).getPort());
  }

  /** A JDBC connection as the usual user to the usual database. */
  public Connection jdbc() throws SQLException {
    return jdbc(new Properties());
  }

  /** The same with pgjdbc properties. */
  public Connection jdbc(Properties properties) throws SQLException {
    return Db.connect(address(), Servers.DATABASE, Servers.USER, Servers.PASSWORD, properties);
  }

  /** A JDBC connection that fails the test instead of throwing. */
  public Db db() {
    return Db.open(address(), Servers.DATABASE, Servers.USER, Servers.PASSWORD);
  }

  /** A figure, summed over all pools since the start. */
  public long count(Figure figure) {
    return proxy.snapshot().toCompletableFuture().join().totals().stream()
        .mapToLong(each -> each.get(figure))
        .sum();
  }

  /** The admin console, for the superuser of the shared servers. */
  public Db console() {
    return Db.open(address(), "howdah", Servers.SUPERUSER, Servers.shared().superuserPassword());
  }

  /** A raw connection, logged in as the usual user. */
  public Wire wire() throws IOException {
    return Wire.login(address(), Map.of());
  }

  /** Waits until all clients have gone, and whatever they asked for has been done or given up. */
  public void awaitRest() {
    Await.until(() -> proxy.snapshot().toCompletableFuture().join(), Howdah::nothingUnderWay);
  }

  private static void nothingUnderWay(Snapshot now) {
    assertThat(now.clients()).as("clients").isEmpty();
    assertThat(now.servers())
        .as("servers")
        .allSatisfy(
            each -> {
              assertThat(each.state()).isEqualTo("idle");
              assertThat(each.link()).isZero();
            });
    assertThat(now.pools())
        .as("pools")
        .allSatisfy(
            each -> {
              assertThat(each.clientsActive()).isZero();
              assertThat(each.clientsWaiting()).isZero();
              assertThat(each.cancelsActive()).isZero();
              assertThat(each.serversActive()).isZero();
              assertThat(each.serversTested()).isZero();
              assertThat(each.serversLogin()).isZero();
            });
  }

  @Override
  public void close() {
    proxy.close();
    try {
      Files.delete(usersFile);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(events.faults()).as("faults of Howdah itself").isEmpty();
    if (!leaksAreMeant) {
      assertThat(events.leaks()).as("state left in server connections").isEmpty();
    }
  }
}
