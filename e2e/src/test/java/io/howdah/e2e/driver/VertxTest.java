package io.howdah.e2e.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowStream;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Vert.x client, which pipelines. */
class VertxTest {
  private static final int REQUESTS = 500;
  private static Howdah howdah;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS vertx",
            "CREATE TABLE vertx (id int)",
            "ALTER TABLE vertx OWNER TO app");
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(4).start();
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    await(vertx.close());
    howdah.close();
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static Pool pool(boolean cached) {
    HostPort at = howdah.address();
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(at.host())
            .setPort(at.port())
            .setDatabase(Servers.DATABASE)
            .setUser(Servers.USER)
            .setPassword(Servers.PASSWORD)
            .setPipeliningLimit(32)
            .setCachePreparedStatements(cached);
    return PgBuilder.pool()
        .with(new PoolOptions().setMaxSize(8))
        .connectingTo(options)
        .using(vertx)
        .build();
  }

  @ParameterizedTest(name = "cached {0}")
  @ValueSource(booleans = {true, false})
  void pipelinedRequestsGetTheirOwnRows(boolean cached) {
    Pool pool = pool(cached);
    List<Future<Integer>> answers =
        IntStream.range(0, REQUESTS)
            .mapToObj(
                i ->
                    pool.preparedQuery("SELECT $1::int * 2 /* " + i % 5 + " */")
                        .execute(Tuple.of(i))
                        .map(rows -> rows.iterator().next().getInteger(0)))
            .toList();
    await(Future.all(answers));
    assertThat(answers.stream().map(Future::result))
        .isEqualTo(IntStream.range(0, REQUESTS).map(i -> i * 2).boxed().toList());
    await(pool.close());
  }

  @ParameterizedTest(name = "cached {0}")
  @ValueSource(booleans = {true, false})
  void anErrorInThePipelineHitsOnlyItsOwnRequest(boolean cached) {
    Pool pool = pool(cached);
    List<CompletableFuture<Object>> answers =
        await(
            pool.withConnection(
                connection -> {
                  List<CompletableFuture<Object>> all = new ArrayList<>();
                  for (int i = 0; i < 50; i++) {
                    all.add(
                        connection
                            .preparedQuery("SELECT 100 / $1::int")
                            .execute(Tuple.of(i % 5))
                            .<Object>map(rows -> rows.iterator().next().getInteger(0))
                            .otherwise(e -> ((PgException) e).getSqlState())
                            .toCompletionStage()
                            .toCompletableFuture());
                  }
                  return Future.join(all.stream().map(Future::fromCompletionStage).toList())
                      .map(all);
                }));
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).join()).isEqualTo(i % 5 == 0 ? "22012" : 100 / (i % 5));
    }
    await(pool.close());
  }

  @ParameterizedTest(name = "cached {0}")
  @ValueSource(booleans = {true, false})
  void transactionsCommitAndRollBack(boolean cached) {
    Pool pool = pool(cached);
    await(pool.query("TRUNCATE vertx").execute());
    await(
        pool.withTransaction(
            connection ->
                connection
                    .preparedQuery("INSERT INTO vertx VALUES ($1)")
                    .executeBatch(List.of(Tuple.of(1), Tuple.of(2), Tuple.of(3)))));
    assertThatThrownBy(
            () ->
                await(
                    pool.withTransaction(
                        connection ->
                            connection
                                .preparedQuery("INSERT INTO vertx VALUES ($1)")
                                .execute(Tuple.of(4))
                                .compose(_ -> connection.query("SELECT 1/0").execute()))))
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("division by zero");
    long count =
        await(
            pool.withTransaction(
                connection ->
                    connection
                        .query("SELECT count(*) FROM vertx")
                        .execute()
                        .map(rows -> rows.iterator().next().getLong(0))));
    assertThat(count).isEqualTo(3);
    await(pool.close());
  }

  @ParameterizedTest(name = "cached {0}")
  @ValueSource(booleans = {true, false})
  void aCursorStreamsItsRows(boolean cached) {
    Pool pool = pool(cached);
    List<Integer> rows =
        await(
            pool.withTransaction(
                connection ->
                    connection
                        .prepare("SELECT i FROM generate_series(1, $1) i")
                        .compose(
                            statement -> collect(statement.createStream(50, Tuple.of(1000))))));
    assertThat(rows).isEqualTo(IntStream.rangeClosed(1, 1000).boxed().toList());
    await(pool.close());
  }

  private static Future<List<Integer>> collect(RowStream<Row> stream) {
    List<Integer> rows = new ArrayList<>();
    CompletableFuture<List<Integer>> end = new CompletableFuture<>();
    stream.exceptionHandler(end::completeExceptionally);
    stream.endHandler(_ -> end.complete(rows));
    stream.handler(row -> rows.add(row.getInteger(0)));
    return Future.fromCompletionStage(end);
  }
}
