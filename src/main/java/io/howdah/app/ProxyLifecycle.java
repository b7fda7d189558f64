package io.howdah.app;

import io.howdah.ProxyStartFailed;
import io.howdah.ProxyStatus;
import io.howdah.admin.Control.Shutdown;
import io.howdah.config.InvalidConfig;
import io.howdah.observe.Figures;
import io.howdah.observe.HealthConfig;
import io.howdah.observe.ObservedProxy;
import io.howdah.telemetry.Telemetry;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.PreventFurtherStepsException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Starts, reloads, drains and stops the proxy. */
@ApplicationScoped
class ProxyLifecycle implements ObservedProxy {
  /** EX_CONFIG of sysexits.h. */
  static final int EXIT_CONFIG = 78;

  /** EX_UNAVAILABLE of sysexits.h: a port that is taken, an address that isn't ours. */
  static final int EXIT_UNAVAILABLE = 69;

  private static final Logger LOG = Logger.getLogger("howdah.app");

  /** What the proxy gets beyond its own drain timeout before it is closed. */
  private static final Duration DRAIN_MARGIN = Duration.ofSeconds(2);

  private static final Duration RELOAD_BOUND = Duration.ofSeconds(10);

  private final SmallRyeConfig sources;
  private final Telemetry telemetry;
  private final String version;
  private final int httpPort;
  private final AtomicBoolean draining = new AtomicBoolean();

  /** No new clients are taken, since the console said so. */
  private volatile boolean closing;

  private volatile AppConfig config;
  private volatile LiveProxy proxy;

  ProxyLifecycle(
      SmallRyeConfig sources,
      Telemetry telemetry,
      @ConfigProperty(name = "quarkus.application.version") String version,
      @ConfigProperty(name = "quarkus.http.port") int httpPort) {
    this.sources = sources;
    this.telemetry = telemetry;
    this.version = version;
    this.httpPort = httpPort;
  }

  void start(@Observes StartupEvent event) {
    try {
      config = new ConfigReader(sources).read();
    } catch (InvalidConfig e) {
      throw refusal(e.getMessage() + missingFile(), EXIT_CONFIG);
    }
    try {
      proxy =
          LiveProxy.start(
              config.proxy(),
              telemetry,
              new ConsoleHost(version, () -> config, this::reloadNow, this::shutdown));
    } catch (ProxyStartFailed e) {
      throw refusal(e.getMessage(), EXIT_UNAVAILABLE);
    }
    LOG.info(Announcement.of(version, proxy.addresses(), httpPort, config.proxy()));
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      Signals.on("TERM", this::terminate);
      Signals.on("INT", this::terminate);
      Signals.on("HUP", this::reload);
    }
  }

  /** Says on standard error, without a stack, why Howdah can't start, and ends the process. */
  private static RuntimeException refusal(String reason, int exitCode) {
    String message = "Howdah can't start. " + reason;
    if (LaunchMode.current() != LaunchMode.NORMAL) {
      // Development mode stays up to be corrected, and shows this on its page.
      return new ConfigurationException(message);
    }
    System.err.println(message);
    Quarkus.asyncExit(exitCode);
    // The one exception after which Quarkus neither goes on nor prints a stack.
    return new PreventFurtherStepsException(exitCode);
  }

  /** The most likely reason for a lot of missing keys. */
  private static String missingFile() {
    return Files.exists(Path.of(Main.FILE))
        ? ""
        : "\nThere is no " + Main.FILE + " in " + Path.of("").toAbsolutePath() + ".";
  }

  /** Drains and ends with code 0; a second signal doesn't wait. */
  private void terminate() {
    if (draining.get()) {
      LOG.warn("second signal: stopping without waiting for transactions");
    } else {
      drain();
    }
    Quarkus.asyncExit(0);
  }

  /** Lets transactions end, within the configured time; returns when all have or time is up. */
  private void drain() {
    LiveProxy running = proxy;
    if (running == null || !draining.compareAndSet(false, true)) {
      return;
    }
    Duration bound = config.proxy().timeouts().drain();
    LOG.infof("draining: no new clients, up to %s for transactions to end", Values.text(bound));
    try {
      running
          .drain()
          .toCompletableFuture()
          .get(bound.plus(DRAIN_MARGIN).toMillis(), TimeUnit.MILLISECONDS);
      LOG.info("drained");
    } catch (TimeoutException e) {
      LOG.warn("not all clients ended in time; closing what is left");
    } catch (ExecutionException e) {
      LOG.error("draining failed; closing", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void stop(@Observes ShutdownEvent event) {
    LiveProxy running = proxy;
    if (running == null) {
      return;
    }
    // Where no signal began it, as when a developer's reload restarts the application, nothing is
    // waited for.
    draining.set(true);
    proxy = null;
    running.close();
    LOG.info("stopped");
  }

  /** Ends the process as the console asks. */
  private void shutdown(Shutdown how) {
    LOG.infof("SHUTDOWN on the console (%s)", how);
    LiveProxy running = proxy;
    if (how == Shutdown.IMMEDIATE || running == null) {
      Quarkus.asyncExit(0);
      return;
    }
    closing = true;
    CompletionStage<Void> over =
        switch (how) {
          case WAIT_FOR_CLIENTS -> running.awaitClients();
          case WAIT_FOR_SERVERS, IMMEDIATE -> running.releaseServers();
        };
    // SIGTERM meanwhile drains as ever, within its own bound.
    over.thenRun(() -> Quarkus.asyncExit(0));
  }

  private void reload() {
    try {
      reloadNow();
    } catch (ReloadFailed e) {
      LOG.error(e.getMessage());
    }
  }

  /**
   * Reads the files again and takes over what can change while running.
   *
   * @throws ReloadFailed when that can't be done; then the running configuration stays
   */
  private synchronized void reloadNow() {
    LiveProxy running = proxy;
    if (running == null || draining.get()) {
      throw new ReloadFailed("not reloaded: the proxy is stopping");
    }
    try {
      ConfigChange change =
          ConfigChange.between(config, new ConfigReader(FreshConfig.of(sources)).read());
      running
          .reload(change.next().proxy())
          .toCompletableFuture()
          .get(RELOAD_BOUND.toMillis(), TimeUnit.MILLISECONDS);
      LOG.infof(
          "reloaded the users file and the configuration; changed: %s", change.summary(config));
      // What needs a restart stays different from the files and is named again next time.
      config = change.applied(config);
      if (!change.afterRestart().isEmpty()) {
        LOG.warnf("changed but needs a restart: %s", String.join(", ", change.afterRestart()));
      }
    } catch (InvalidConfig | IOException e) {
      throw new ReloadFailed("not reloaded, the running configuration stays. " + e.getMessage());
    } catch (ExecutionException | CompletionException e) {
      throw new ReloadFailed("not reloaded: " + e.getCause().getMessage());
    } catch (TimeoutException e) {
      throw new ReloadFailed("the reload was not done within 10 s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ReloadFailed("the reload was interrupted");
    }
  }

  @Override
  public boolean started() {
    return proxy != null;
  }

  @Override
  public boolean draining() {
    return closing || draining.get();
  }

  @Override
  public Optional<HealthConfig> health() {
    return Optional.ofNullable(config).map(AppConfig::health);
  }

  @Override
  public CompletionStage<ProxyStatus> status() {
    LiveProxy running = proxy;
    return running == null ? notStarted() : running.status();
  }

  @Override
  public CompletionStage<Figures> figures() {
    LiveProxy running = proxy;
    return running == null ? notStarted() : running.figures();
  }

  private static <T> CompletionStage<T> notStarted() {
    return CompletableFuture.failedFuture(new IllegalStateException("the proxy is not started"));
  }
}
