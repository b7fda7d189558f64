package io.howdah.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The application as a whole, in front of a server that isn't there. */
@QuarkusTest
@TestProfile(ApplicationTest.NoServer.class)
class ApplicationTest {
  @TestHTTPResource("/q/")
  URI root;

  /**
   * Clients that come while there is no primary are held, so a load balancer must let them come.
   */
  @Test
  void itIsReadyWithoutAPrimaryAndSaysSo() throws Exception {
    assertThat(get("health/live").statusCode()).isEqualTo(200);
    assertThat(get("health/started").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = get("health/ready");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (ready.statusCode() != 200 && System.nanoTime() < end) {
      // The cluster was not asked yet.
      Thread.sleep(50);
      ready = get("health/ready");
    }
    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.body()).contains("\"main.primary\": \"not reachable\"");
  }

  @Test
  void metricsHaveHowdahsOwnAndTheProcesss() throws Exception {
    assertThat(get("metrics").body())
        .contains("howdah_clients ", "howdah_client_logins_total ", "jvm_memory_used_bytes")
        .contains("process_cpu_usage");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(root.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  /** Ports of the system's choosing, and a server at a port where none is. */
  public static final class NoServer implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "quarkus.http.test-port", "0",
          "howdah.listen.port", "0",
          "howdah.clusters.main.hosts", "127.0.0.1:1",
          "howdah.clusters.main.probe.user", "nobody",
          "howdah.databases.\"*\".cluster", "main",
          "howdah.auth.type", "trust");
    }
  }
}
