package io.howdah.e2e.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.driver.JdbcTest;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Program;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Wire;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What drivers make of notifications in transaction mode; pgjdbc's are in {@link JdbcTest}. */
class ListenDriversTest {
  private static final long BOUND_SECONDS = 60;
  private static Howdah howdah;
  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  @Test
  void vertxSubscribers() throws Exception {
    Vertx vertx = Vertx.vertx();
    HostPort at = howdah.address();
    PgSubscriber subscriber =
        PgSubscriber.subscriber(
            vertx,
            new PgConnectOptions()
                .setHost(at.host())
                .setPort(at.port())
                .setDatabase(Servers.DATABASE)
                .setUser(Servers.USER)
                .setPassword(Servers.PASSWORD));
    try (Wire other = howdah.wire()) {
      List<String> heard = new CopyOnWriteArrayList<>();
      subscriber.channel("one").handler(payload -> heard.add("one " + payload));
      subscriber.channel("Two").handler(payload -> heard.add("Two " + payload));
      subscriber
          .connect()
          .toCompletionStage()
          .toCompletableFuture()
          .get(BOUND_SECONDS, TimeUnit.SECONDS);
      other.query("NOTIFY one, 'a'");
      other.query("NOTIFY \"Two\", 'b'");
      other.query("NOTIFY one, 'c'");
      Await.until(
          () -> List.copyOf(heard),
          all -> assertThat(all).containsExactly("one a", "Two b", "one c"));
    } finally {
      subscriber
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(BOUND_SECONDS, TimeUnit.SECONDS);
      vertx.close().toCompletionStage().toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** psql looks for notifications after each command. */
  @Test
  void psqlPrintsThem() throws IOException {
    Program.assumeInstalled("psql");
    Files.writeString(
        folder.resolve("listen.sql"),
        "LISTEN psql;\nNOTIFY psql, 'hello';\n" + "SELECT pg_sleep(0.1);\n".repeat(30));
    String said =
        Program.run(howdah.address(), folder, BOUND_SECONDS, "psql", "-f", "listen.sql")
            .expectSuccess();
    assertThat(said)
        .containsOnlyOnce("Asynchronous notification \"psql\" with payload \"hello\" received");
  }
}
