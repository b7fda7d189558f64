package io.howdah.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.ClusterStatus;
import io.howdah.ProxyStatus;
import io.howdah.observe.HealthConfig.ReadyWhen;
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
  @ParameterizedTest
  @CsvSource({
    // ready when, primary, replicas, accepting -> ready
    "PRIMARY, true,  0, true,  true",
    "PRIMARY, false, 2, true,  false",
    "READS,   false, 2, true,  true",
    "READS,   true,  0, true,  true",
    "READS,   false, 0, true,  false",
    "PRIMARY, true,  2, false, false",
  })
  void readiness(ReadyWhen when, boolean primary, int replicas, boolean accepting, boolean ready) {
    ProxyStatus status =
        new ProxyStatus(accepting, List.of(new ClusterStatus("main", primary, replicas, "why")));
    HealthCheckResponse response =
        HealthChecks.ready(status, when, HealthCheckResponse.named("clusters"));
    assertThat(response.getStatus() == HealthCheckResponse.Status.UP).isEqualTo(ready);
    assertThat(response.getData().orElseThrow())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "accepting",
                accepting,
                "main.primary",
                primary ? "reachable" : "not reachable",
                "main.replicas",
                (long) replicas,
                "main.problem",
                "why"));
  }

  @Test
  void everyClusterHasToServe() {
    ProxyStatus status =
        new ProxyStatus(
            true,
            List.of(new ClusterStatus("a", true, 0, null), new ClusterStatus("b", false, 0, null)));
    assertThat(
            HealthChecks.ready(status, ReadyWhen.PRIMARY, HealthCheckResponse.named("x"))
                .getStatus())
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
      return Optional.of(new HealthConfig(ReadyWhen.PRIMARY, Duration.ofMillis(1)));
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
