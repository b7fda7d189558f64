package io.howdah.frontend.session;

import io.howdah.config.TimeoutConfig;
import java.time.Duration;
import java.util.function.Function;

/** How long a {@link Wait} may take. */
public enum Deadline {
  /** {@code timeouts.query-wait}. */
  QUERY_WAIT(TimeoutConfig::queryWait),
  /** {@code timeouts.client-login}, counted from when the client was accepted. */
  CLIENT_LOGIN(TimeoutConfig::clientLogin),
  /** Twice {@code timeouts.server-own-work}: a net behind the clock of the server connection. */
  OWN_WORK(timeouts -> timeouts.serverOwnWork().multipliedBy(2)),
  /** What a connection to a server and the login there may take, and time to be told of it. */
  CONNECTION(
      timeouts ->
          timeouts.serverConnect().plus(timeouts.serverLogin()).plus(Duration.ofSeconds(5))),
  /** {@code timeouts.query}: as long as the request before it. */
  REQUEST(TimeoutConfig::query),
  /**
   * As long as it takes: an administrator's command; a client that does not read, to which nothing
   * can be told and which {@code timeouts.query} ends while its request runs.
   */
  NONE(_ -> Duration.ZERO);

  private final Function<TimeoutConfig, Duration> bound;

  Deadline(Function<TimeoutConfig, Duration> bound) {
    this.bound = bound;
  }

  /** The bound as it is configured now; zero for none. */
  public Duration of(TimeoutConfig timeouts) {
    return bound.apply(timeouts);
  }

  /** Whether what has been waited for since then has taken too long. */
  public boolean isOver(Loop loop, long sinceNanos) {
    Duration longest = of(loop.config().timeouts());
    return !longest.isZero() && loop.nanoTime() - sinceNanos >= longest.toNanos();
  }

  /** Whether a time is longer than a bound, of which zero means that there is none. */
  public static boolean isPassed(Duration bound, long nanos) {
    return !bound.isZero() && nanos > bound.toNanos();
  }
}
