package io.howdah.e2e.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same as {@link OutdatedPlanTest} through drivers. */
class OutdatedPlanDriversTest {
  private ChangingTable table;

  @BeforeEach
  void start() {
    table = new ChangingTable();
  }

  @AfterEach
  void stop() {
    table.close();
  }

  /** The same through a driver, whose statements are on the server at once and described once. */
  @ParameterizedTest
  @ValueSource(strings = {"DIRECT", "HOWDAH"})
  void throughJdbc(Target target) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("prepareThreshold", "1");
    try (Connection connection =
            Db.connect(
                target.address(table.howdah),
                Servers.DATABASE,
                Servers.USER,
                Servers.PASSWORD,
                properties);
        PreparedStatement statement = connection.prepareStatement(ChangingTable.SELECT)) {
      for (int round = 0; round < 4; round++) {
        int errors = 0;
        for (int i = 0; i < 6; i++) {
          try (ResultSet rows = statement.executeQuery()) {
            assertThat(rows.getMetaData().getColumnCount()).isEqualTo(table.columns + 1);
            rows.next();
            assertThat(rows.getInt(table.columns + 1))
                .isEqualTo(table.columns == 0 ? 1 : table.columns);
          } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("0A000");
            errors++;
          }
        }
        // The driver heals itself, or its application sees one error and no wrong row.
        assertThat(errors).isLessThanOrEqualTo(1);
        table.change();
      }
    }
  }

  /** A driver that pipelines; with a cache its statements have names and are described once. */
  @ParameterizedTest
  @CsvSource({"DIRECT, true", "DIRECT, false", "HOWDAH, true", "HOWDAH, false"})
  void throughVertx(Target target, boolean cached) {
    HostPort at = target.address(table.howdah);
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(at.host())
            .setPort(at.port())
            .setDatabase(Servers.DATABASE)
            .setUser(Servers.USER)
            .setPassword(Servers.PASSWORD)
            .setCachePreparedStatements(cached);
    Vertx vertx = Vertx.vertx();
    Pool pool =
        PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(1))
            .connectingTo(options)
            .using(vertx)
            .build();
    for (int round = 0; round < 4; round++) {
      int errors = 0;
      for (int i = 0; i < 5; i++) {
        try {
          int width =
              await(
                  pool.preparedQuery(ChangingTable.SELECT)
                      .execute()
                      .map(rows -> rows.iterator().next().size()));
          assertThat(width).isEqualTo(table.columns + 1);
        } catch (CompletionException e) {
          assertThat(((PgException) e.getCause()).getSqlState()).isEqualTo("0A000");
          errors++;
        }
      }
      if (!cached) {
        assertThat(errors).isZero();
      }
      table.change();
    }
    await(pool.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
