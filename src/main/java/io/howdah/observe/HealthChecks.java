package io.howdah.observe;

import io.howdah.ClusterStatus;
import io.howdah.ProxyStatus;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** The health endpoints. None of them blocks a thread while the event loops answer. */
@ApplicationScoped
final class HealthChecks {
  private final ObservedProxy proxy;

  HealthChecks(ObservedProxy proxy) {
    this.proxy = proxy;
  }

  /** Every event loop answers in time. A proxy that isn't started yet is not stuck. */
  @Produces
  @Liveness
  AsyncHealthCheck live() {
    return () -> {
      HealthCheckResponseBuilder response = HealthCheckResponse.named("event loops");
      return proxy.started()
          ? status()
              .map(s -> response.up().build())
              .onFailure()
              .recoverWithItem(e -> down(response, e))
          : Uni.createFrom().item(response.up().withData("state", "starting").build());
    };
  }

  /**
   * Clients are taken, and the nodes were asked once. What the nodes said decides nothing: while a
   * cluster has no primary its clients wait, here as well as at any other Howdah, and connections
   * must not be cut for it. It is told as data.
   */
  @Produces
  @Readiness
  AsyncHealthCheck ready() {
    return () -> {
      HealthCheckResponseBuilder response = HealthCheckResponse.named("clusters");
      if (proxy.draining()) {
        return Uni.createFrom().item(response.down().withData("state", "draining").build());
      }
      return status()
          .map(s -> ready(s, response))
          .onFailure()
          .recoverWithItem(e -> down(response, e));
    };
  }

  /** The listener is bound. */
  @Produces
  @Startup
  HealthCheck started() {
    return () -> HealthCheckResponse.named("listener").status(proxy.started()).build();
  }

  private Uni<ProxyStatus> status() {
    return Uni.createFrom()
        .completionStage(proxy::status)
        .ifNoItem()
        .after(config().timeout())
        .failWith(() -> new IllegalStateException("no answer within " + config().timeout()));
  }

  private HealthConfig config() {
    return proxy.health().orElse(HealthConfig.DEFAULT);
  }

  private static HealthCheckResponse down(HealthCheckResponseBuilder response, Throwable cause) {
    return response.down().withData("problem", String.valueOf(cause.getMessage())).build();
  }

  static HealthCheckResponse ready(ProxyStatus status, HealthCheckResponseBuilder response) {
    boolean ready = status.accepting();
    boolean complete = true;
    response.withData("accepting", status.accepting());
    for (ClusterStatus cluster : status.clusters()) {
      ready &= cluster.asked();
      complete &= cluster.primaryReachable();
      response.withData(
          cluster.name() + ".primary", cluster.primaryReachable() ? "reachable" : "not reachable");
      response.withData(cluster.name() + ".replicas", cluster.replicasUsable());
      if (cluster.problem() != null && !cluster.problem().isEmpty()) {
        response.withData(cluster.name() + ".problem", cluster.problem());
      }
    }
    response.withData("state", complete ? "complete" : "degraded");
    return response.status(ready).build();
  }
}
