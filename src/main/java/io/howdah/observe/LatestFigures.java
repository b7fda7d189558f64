package io.howdah.observe;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The figures of the scrape under way: asked for at most once in {@code maxAge}, with a bound on
 * the wait, after which the last ones hold on. Called by the threads that serve a scrape, which are
 * never event loops of the proxy; one at a time refreshes, the others read what is there.
 */
final class LatestFigures {
  private final Supplier<CompletionStage<Figures>> source;
  private final Duration maxAge;
  private final Duration bound;
  private final LongSupplier nanos;
  private final Consumer<Figures> refreshed;

  private volatile Figures figures = Figures.NONE;
  private boolean asked;
  private long askedAt;

  LatestFigures(
      Supplier<CompletionStage<Figures>> source,
      Duration maxAge,
      Duration bound,
      LongSupplier nanos,
      Consumer<Figures> refreshed) {
    this.source = source;
    this.maxAge = maxAge;
    this.bound = bound;
    this.nanos = nanos;
    this.refreshed = refreshed;
  }

  Figures get() {
    if (due()) {
      refresh();
    }
    return figures;
  }

  private synchronized boolean due() {
    long now = nanos.getAsLong();
    if (asked && now - askedAt < maxAge.toNanos()) {
      return false;
    }
    asked = true;
    askedAt = now;
    return true;
  }

  private void refresh() {
    try {
      figures = source.get().toCompletableFuture().get(bound.toNanos(), TimeUnit.NANOSECONDS);
      refreshed.accept(figures);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // The last figures hold on; the liveness check is the one that complains.
    }
  }
}
