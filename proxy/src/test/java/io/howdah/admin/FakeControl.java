package io.howdah.admin;

import io.howdah.admin.Snapshot.Address;
import io.howdah.admin.Snapshot.Totals;
import io.howdah.error.PgError;
import io.howdah.error.Sqlstate;
import io.howdah.telemetry.PoolCounters.Figure;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Notes what it is asked to do; everywhere the same is going on. */
final class FakeControl implements Control {
  private static final Instant TIME = Instant.parse("2026-03-04T05:06:07.8Z");
  private static final Address HERE = new Address("10.0.0.1", 6432);
  private static final Address THERE = new Address("10.0.0.2", 5432);

  private final List<String> calls;

  /**
   * @param calls gets what it is asked to do
   */
  FakeControl(List<String> calls) {
    this.calls = calls;
  }

  @Override
  public CompletionStage<Snapshot> snapshot() {
    return CompletableFuture.completedFuture(sample(5_000));
  }

  private CompletionStage<Void> call(String call) {
    calls.add(call);
    if (call.endsWith("nowhere")) {
      return CompletableFuture.failedFuture(
          new Refused(
              new PgError.ConsoleError(
                  Sqlstate.INVALID_CATALOG_NAME, "no such database: nowhere", null)));
    }
    if (call.endsWith("broken")) {
      return CompletableFuture.failedFuture(new IllegalStateException("oops"));
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<RouteExplanation> explain(RouteExplanation.Question question) {
    calls.add("explain " + question.sql() + "|" + question.database() + "|" + question.user());
    return CompletableFuture.completedFuture(
        new RouteExplanation(
            List.of(new RouteExplanation.Line("statement", "target", "replica", "it reads"))));
  }

  @Override
  public CompletionStage<Void> pause(String database) {
    return call("pause " + database);
  }

  @Override
  public CompletionStage<Void> resume(String database) {
    return call("resume " + database);
  }

  @Override
  public CompletionStage<Void> reconnect(String database) {
    return call("reconnect " + database);
  }

  @Override
  public CompletionStage<Void> kill(String database) {
    return call("kill " + database);
  }

  @Override
  public CompletionStage<Void> killClient(long id) {
    return call("killClient " + id);
  }

  @Override
  public CompletionStage<Void> reload() {
    return call("reload");
  }

  @Override
  public CompletionStage<Void> shutdown(Shutdown how) {
    return call("shutdown " + how);
  }

  /** All that goes on. */
  static Snapshot sample(long queries) {
    return new Snapshot(
        "0.1.0",
        false,
        2,
        Map.of("pool-full", 1L),
        List.of(
            new Snapshot.Pool(
                "demo",
                "app",
                3,
                1,
                0,
                0,
                2,
                0,
                1,
                0,
                1,
                2_500_000,
                "transaction",
                "db1:5432",
                "primary",
                "3D000 database \"demo\" does not exist",
                Map.of())),
        List.of(
            new Snapshot.Client(
                7,
                "app",
                "demo",
                "waiting",
                THERE,
                HERE,
                TIME,
                null,
                1_000_002,
                0,
                "",
                "psql",
                4,
                "temporary table",
                "temporary-object",
                "pool-full: pool app@demo on db1:5432",
                1000)),
        List.of(
            new Snapshot.Server(
                9,
                "app",
                "demo",
                "active",
                THERE,
                HERE,
                TIME,
                TIME,
                true,
                7,
                4711,
                "TLSv1.3",
                "psql",
                0,
                "db1:5432",
                "primary")),
        List.of(
            new Snapshot.Database(
                "demo", null, "demo", null, 20, 0, 5, 3600, null, 100, 4, 0, 3, true, "main",
                true)),
        List.of(new Snapshot.User("app", null, null, "session", 0, 4, 0, 3)),
        List.of(
            new Snapshot.Node(
                "main", "db1:5432", "primary", 3, "0/16B3748", 0, 0, true, 2, 1, null, 1, "a"),
            new Snapshot.Node(
                "main", "db2:5432", "unknown", 0, "0/0", -1, -1, false, 0, 0, "refused", 1, null)),
        List.of(
            new Snapshot.Listener(
                "main", "demo", "db1:5432", "app", 4711, 2, 300, 5, 1500, 1, null),
            new Snapshot.Listener("main", "other", null, null, 0, 1, 1, 0, 0, 0, "no primary")),
        List.of(new Snapshot.Setting("pool.default-size", "20", "20", true)),
        List.of(
            new Totals("demo", Map.of(Figure.QUERY_COUNT, queries, Figure.SENT_BYTES, 100L)),
            new Totals("other", Map.of(Figure.QUERY_COUNT, 1L))),
        List.of(new Snapshot.Route("read", "select-read-only", 3, 4, 2, "it only reads")));
  }
}
