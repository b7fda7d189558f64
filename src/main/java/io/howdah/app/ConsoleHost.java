package io.howdah.app;

import io.howdah.Host;
import io.howdah.admin.Control.Shutdown;
import io.howdah.admin.Refused;
import io.howdah.admin.Snapshot;
import io.howdah.error.PgError.ConsoleError;
import io.howdah.error.Sqlstate;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What the admin console may ask of this process. Slow work runs on a thread of its own. */
final class ConsoleHost implements Host {
  private static final String MASKED = "********";

  private final String version;
  private final Supplier<AppConfig> config;
  private final Runnable reload;
  private final Consumer<Shutdown> shutdown;

  /**
   * @param reload throws {@link ReloadFailed}
   */
  ConsoleHost(
      String version, Supplier<AppConfig> config, Runnable reload, Consumer<Shutdown> shutdown) {
    this.version = version;
    this.config = config;
    this.reload = reload;
    this.shutdown = shutdown;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public List<Snapshot.Setting> settings() {
    AppConfig now = config.get();
    TreeSet<String> keys = new TreeSet<>(now.defaults().keySet());
    keys.addAll(now.given().keySet());
    return keys.stream().map(key -> setting(now, key)).toList();
  }

  private static Snapshot.Setting setting(AppConfig now, String key) {
    Setting given = now.given().get(key);
    String value = given == null ? now.defaults().get(key) : given.value();
    boolean secret = Setting.isSecret(key);
    return new Snapshot.Setting(
        key, secret ? MASKED : value, now.defaults().get(key), ConfigChange.isChangeable(key));
  }

  @Override
  public CompletionStage<Void> reload() {
    return inBackground(
        () -> {
          try {
            reload.run();
          } catch (ReloadFailed e) {
            throw new Refused(
                new ConsoleError(
                    Sqlstate.CONFIG_FILE_ERROR, e.getMessage(), "Mend the file and RELOAD again."));
          }
        });
  }

  @Override
  public CompletionStage<Void> shutdown(Shutdown how) {
    inBackground(() -> shutdown.accept(how));
    return CompletableFuture.completedFuture(null);
  }

  private static CompletionStage<Void> inBackground(Runnable task) {
    return CompletableFuture.runAsync(
        task, t -> Thread.ofVirtual().name("howdah-console").start(t));
  }
}
