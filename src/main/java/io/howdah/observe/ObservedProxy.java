package io.howdah.observe;

import io.howdah.ProxyStatus;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What there is to observe of the running proxy. Thread: any. */
public interface ObservedProxy {
  /** Whether the listener is bound. */
  boolean started();

  /** Whether a shutdown is under way: no new clients, the present ones end. */
  boolean draining();

  /** What the health endpoints mean; empty until the configuration was read. */
  Optional<HealthConfig> health();

  /** Answered by every event loop; fails if the proxy isn't started. */
  CompletionStage<ProxyStatus> status();

  /** Collected from every event loop; fails if the proxy isn't started. */
  CompletionStage<Figures> figures();
}
