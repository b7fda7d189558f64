package io.howdah.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pools of users and databases that nobody asks for any more go away, and come back with them. */
class ForgottenPoolsTest {
  private static final Duration SOON = Duration.ofMillis(500);

  private static String pools(Wire console) {
    try {
      return console.query("SHOW POOLS").toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Wire user(Howdah howdah, String name) throws IOException {
    Wire wire = Wire.open(howdah.address());
    wire.login(Map.of("user", name, "database", Servers.DATABASE), Servers.PASSWORD);
    return wire;
  }

  @Test
  void comeAndGo() throws IOException {
    Servers.shared()
        .prepare(
            "DROP ROLE IF EXISTS fleeting",
            "CREATE ROLE fleeting LOGIN PASSWORD '" + Servers.PASSWORD + "'");
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION)
                .auth(AuthType.SCRAM_SHA_256)
                .user("fleeting", Servers.PASSWORD)
                .idle(SOON, SOON)
                .start();
        Wire stays = howdah.wire();
        Wire console = Wire.open(howdah.address())) {
      console.login(
          Map.of("user", Servers.SUPERUSER, "database", "howdah"),
          Servers.shared().superuserPassword());
      for (int i = 0; i < 3; i++) {
        try (Wire first = user(howdah, "fleeting");
            Wire second = user(howdah, "fleeting")) {
          assertThat(first.value("SELECT current_user::text")).isEqualTo("fleeting");
          assertThat(second.value("SELECT current_user::text")).isEqualTo("fleeting");
          assertThat(pools(console)).contains("fleeting");
        }
        Await.until(() -> pools(console), shown -> assertThat(shown).doesNotContain("fleeting"));
        // A client that is there keeps its pools, if it does nothing and has no connection either.
        assertThat(pools(console)).contains(Servers.USER);
        assertThat(stays.value("SELECT 'fine'")).isEqualTo("fine");
      }
    }
  }
}
