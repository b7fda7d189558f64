package io.howdah.e2e.cancel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.e2e.harness.ServerSessions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;

/** A statement that pgjdbc cancels while the server runs it. */
public final class CancelledByDriver {
  private CancelledByDriver() {}

  /**
   * Runs it, cancels it, and looks whether the connection goes on.
   *
   * @param sql a statement that never ends
   * @param marker what only that statement has in its text
   */
  public static void check(Connection connection, String sql, String marker) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      CompletableFuture<Void> canceller =
          CompletableFuture.runAsync(
              () -> {
                ServerSessions.awaitRunning(marker);
                try {
                  statement.cancel();
                } catch (SQLException e) {
                  throw new AssertionError(e);
                }
              });
      assertThatThrownBy(() -> statement.execute(sql))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      canceller.join();
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
  }
}
