package io.howdah.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.ClusterStatus;
import io.howdah.ProxyStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthChecksTest {
  /** A Service must not lose its endpoints while there is no primary: clients are to wait. */
  @ParameterizedTest
  @CsvSource({
    // asked, primary, replicas, accepting -> ready, state
    "true,  true,  0, true,  true,  complete",
    "true,  false, 2, true,  true,  degraded",
    "true,  false, 0, true,  true,  degraded",
    "false, false, 0, true,  false, degraded",
    "true,  true,  2, false, false, complete",
  })
  void readiness(
      boolean asked,
      boolean primary,
      int replicas,
      boolean accepting,
      boolean ready,
      String state) {
    ProxyStatus status =
        new ProxyStatus(
            accepting, List.of(new ClusterStatus("main", asked, primary, replicas, "why")));
    HealthCheckResponse response =
        HealthChecks.ready(status, HealthCheckResponse.named("clusters"));
    assertThat(response.getStatus() == HealthCheckResponse.Status.UP).isEqualTo(ready);
    assertThat(response.getData().orElseThrow())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "accepting",
                accepting,
                "state",
                state,
                "main.primary",
                primary ? "reachable" : "not reachable",
                "main.replicas",
                (long) replicas,
                "main.problem",
                "why"));
  }

  @Test
  void everyClusterHasToBeAsked() {
    ProxyStatus status =
        new ProxyStatus(
            true,
            List.of(
                new ClusterStatus("a", true, true, 0, null),
                new ClusterStatus("b", false, false, 0, null)));
    assertThat(HealthChecks.ready(status, HealthCheckResponse.named("x")).getStatus())
        .isEqualTo(HealthCheckResponse.Status.DOWN);
  }

  @Test
  void loopsThatDontAnswerInTimeAreNotAlive() {
    var checks = new HealthChecks(new Stuck());
    HealthCheckResponse response = checks.live().call().await().atMost(Duration.ofSeconds(30));
    assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
    assertThat(response.getData().orElseThrow().get("problem")).asString().contains("no answer");
  }

  /** Its event loops never answer. */
  private static final class Stuck implements ObservedProxy {
    @Override
    public boolean started() {
      return true;
    }

    @Override
    public boolean draining() {
      return false;
    }

    @Override
    public Optional<HealthConfig> health() {
      return Optional.of(new HealthConfig(Duration.ofMillis(1)));
    }

    @Override
    public CompletionStage<ProxyStatus> status() {
      return new CompletableFuture<>();
    }

    @Override
    public CompletionStage<Figures> figures() {
      return new CompletableFuture<>();
    }
  }
}
