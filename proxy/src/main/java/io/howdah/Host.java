package io.howdah;

import io.howdah.admin.Control.Shutdown;
import io.howdah.admin.Refused;
import io.howdah.admin.Snapshot.Setting;
import io.howdah.error.PgError.NotSupported;
import io.howdah.error.Severity;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What the proxy needs of the process around it, for the admin console.
 *
 * <p>Thread: any.
 */
public interface Host {
  /** A process that can't be asked for anything, as in tests. */
  Host NONE = new Host() {};

  /** The version to show. */
  default String version() {
    return "unknown";
  }

  /** The settings in force, for SHOW CONFIG; secrets masked. */
  default List<Setting> settings() {
    return List.of();
  }

  /** Reads the configuration again and hands it to {@link Proxy#reload}. */
  default CompletionStage<Void> reload() {
    return CompletableFuture.failedFuture(
        new Refused(
            new NotSupported(Severity.ERROR, "this process can't reload its configuration", null)));
  }

  /** Begins to stop the process. */
  default CompletionStage<Void> shutdown(Shutdown how) {
    return CompletableFuture.failedFuture(
        new Refused(
            new NotSupported(Severity.ERROR, "this process can't be stopped from here", null)));
  }
}
