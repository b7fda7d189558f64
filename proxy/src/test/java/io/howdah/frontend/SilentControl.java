package io.howdah.frontend;

import io.howdah.admin.Control;
import io.howdah.admin.RouteExplanation;
import io.howdah.admin.Snapshot;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Does nothing, and never says so. */
final class SilentControl implements Control {
  private static <T> CompletionStage<T> never() {
    return new CompletableFuture<>();
  }

  @Override
  public CompletionStage<Snapshot> snapshot() {
    return never();
  }

  @Override
  public CompletionStage<RouteExplanation> explain(RouteExplanation.Question question) {
    return never();
  }

  @Override
  public CompletionStage<Void> pause(String database) {
    return never();
  }

  @Override
  public CompletionStage<Void> resume(String database) {
    return never();
  }

  @Override
  public CompletionStage<Void> reconnect(String database) {
    return never();
  }

  @Override
  public CompletionStage<Void> kill(String database) {
    return never();
  }

  @Override
  public CompletionStage<Void> killClient(long id) {
    return never();
  }

  @Override
  public CompletionStage<Void> reload() {
    return never();
  }

  @Override
  public CompletionStage<Void> shutdown(Shutdown how) {
    return never();
  }
}
