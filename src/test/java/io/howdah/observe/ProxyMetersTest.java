package io.howdah.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.ProxyStatus;
import io.howdah.observe.Figures.Node;
import io.howdah.observe.Figures.Pool;
import io.howdah.observe.Figures.PoolKey;
import io.howdah.telemetry.PoolCounters.Figure;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

// The registry that Quarkus brings; its successor has another name.
@SuppressWarnings("deprecation")
class ProxyMetersTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final FakeProxy proxy = new FakeProxy();
  private long now;

  @Test
  void namesAndUnitsFollowPrometheus() {
    start(10);
    proxy.figures =
        new Figures(
            3,
            List.of(
                pool("shop", Map.of(Figure.QUERY_COUNT, 7L, Figure.QUERY_TIME_MICROS, 1_500_000L))),
            List.of(new Node("main", "db1:5432", "replica", true, 4096)),
            new Figures.Listening(1, 300, 5, 1500),
            Map.of("temporary-object", 2L),
            Map.of("pool-full", 4L),
            List.of(new Figures.Route(new Figures.RouteKey("read", "explain"), 5, 6, 7)));
    String labels = "{database=\"shop\",node=\"db1:5432\",role=\"primary\",user=\"u\",}";
    assertThat(scrape())
        .contains(
            "howdah_clients 3.0",
            "howdah_listen_connections 1.0",
            "howdah_listen_subscriptions 300.0",
            "howdah_listen_notifications_total 5.0",
            "howdah_listen_deliveries_total 1500.0",
            "howdah_clients_pinned{kind=\"temporary-object\",} 2.0",
            "howdah_clients_pinned{kind=\"library\",} 0.0",
            "howdah_clients_waiting{reason=\"pool-full\",} 4.0",
            "howdah_clients_waiting{reason=\"replay\",} 0.0",
            "howdah_route_statements_total{class=\"read\",reason=\"explain\",role=\"primary\",} 5.0",
            "howdah_route_statements_total{class=\"read\",reason=\"explain\",role=\"replica\",} 6.0",
            "howdah_route_shadow_reads_total{class=\"read\",reason=\"explain\",} 7.0",
            "howdah_pool_queries_total" + labels + " 7.0",
            "howdah_pool_query_time_seconds_total" + labels + " 1.5",
            "howdah_pool_received_bytes_total" + labels + " 0.0",
            "howdah_pool_waiting_clients" + labels + " 3.0",
            "howdah_pool_oldest_wait_seconds" + labels + " 0.25",
            "howdah_pool_refused" + labels + " 1.0",
            "howdah_pool_servers{database=\"shop\",node=\"db1:5432\",role=\"primary\","
                + "state=\"active\",user=\"u\",} 1.0",
            "howdah_node_replay_lag_bytes{cluster=\"main\",node=\"db1:5432\",role=\"replica\",}"
                + " 4096.0");
  }

  @Test
  void aPoolThatIsGoneHasNoMetersLeft() {
    start(10);
    proxy.figures = figures(pool("shop", Map.of()));
    assertThat(scrape()).anyMatch(line -> line.contains("database=\"shop\""));
    proxy.figures = figures();
    assertThat(scrape()).noneMatch(line -> line.contains("database=\"shop\""));
  }

  @Test
  void poolsAboveTheBoundShareOneRowAndNeverLeaveIt() {
    start(1);
    proxy.figures = figures(pool("a", queries(1)), pool("b", queries(2)), pool("c", queries(3)));
    assertThat(queriesOf("a")).isEqualTo(1);
    assertThat(queriesOf(BoundedLabels.OTHER)).isEqualTo(5);
    proxy.figures = figures(pool("b", queries(2)), pool("c", queries(4)));
    assertThat(queriesOf(BoundedLabels.OTHER)).isEqualTo(6);
  }

  @Test
  void oneScrapeAsksOnce() {
    start(10);
    proxy.figures = figures(pool("a", Map.of()), pool("b", Map.of()));
    var unused = scrape();
    int before = proxy.asked;
    now += 1_000_000_000;
    unused = List.of(registry.scrape().split("\n"));
    assertThat(proxy.asked).isEqualTo(before + 1);
  }

  private void start(int maxPools) {
    new ProxyMeters(proxy, () -> now, maxPools).bindTo(registry);
  }

  /** Two scrapes: meters of a pool seen for the first time may appear with the second. */
  private List<String> scrape() {
    now += 1_000_000_000;
    String unused = registry.scrape();
    return List.of(registry.scrape().split("\n"));
  }

  private double queriesOf(String database) {
    String start = "howdah_pool_queries_total{database=\"" + database + "\"";
    return scrape().stream()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static Map<Figure, Long> queries(long n) {
    return Map.of(Figure.QUERY_COUNT, n);
  }

  private static Figures figures(Pool... pools) {
    return new Figures(0, List.of(pools), List.of(), Figures.Listening.NONE, Map.of());
  }

  private static Pool pool(String database, Map<Figure, Long> totals) {
    return new Pool(
        new PoolKey(database, "u", "db1:5432", "primary"), 1, 2, 3, 250_000, true, totals);
  }

  private static final class FakeProxy implements ObservedProxy {
    private Figures figures = Figures.NONE;
    private int asked;

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
      return Optional.empty();
    }

    @Override
    public CompletionStage<ProxyStatus> status() {
      return new CompletableFuture<>();
    }

    @Override
    public CompletionStage<Figures> figures() {
      asked++;
      return CompletableFuture.completedFuture(figures);
    }
  }
}
