package io.howdah.e2e.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What a client asks for at its start is nobody else's, and brings it no more than its pool's size.
 */
class StartOnlyTest {
  private static final String PID = "/* howdah: primary */ SELECT pg_backend_pid()";

  private static Wire with(Howdah howdah, String option) throws IOException {
    return Wire.login(howdah.address(), Map.of("options", "-c " + option));
  }

  @Test
  void oneValueHasOnePool() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).start()) {
      try (Wire first = with(howdah, "post_auth_delay=0")) {
        String pid = first.value(PID);
        for (String same :
            List.of("post_auth_delay=00", "post_auth_delay=0ms", "post_auth_delay=0x0")) {
          try (Wire other = with(howdah, same)) {
            assertThat(other.value(PID)).isEqualTo(pid);
          }
        }
      }
    }
  }

  /** A connection of another of the user's pools is closed for it where that is idle. */
  @Test
  void allPoolsOfAUserTogetherHaveTheSizeOfOne() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start();
        Wire plain = howdah.wire();
        Wire loud = with(howdah, "ignore_system_indexes=on");
        Wire quiet = with(howdah, "ignore_system_indexes=off")) {
      for (int i = 0; i < 3; i++) {
        for (Wire each : List.of(plain, loud, quiet)) {
          String pid = each.value(PID);
          assertThat(
                  each.value(
                      "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'"
                          + " AND datname = 'app' AND application_name NOT LIKE 'howdah%'"
                          + " AND pid <> pg_backend_pid()"))
              .as("besides " + pid)
              .isEqualTo("0");
        }
      }
    }
  }

  /** It can be set at the start, but neither to what it is nor back: the next would have failed. */
  @Test
  void aSeedIsNobodyElses() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).start()) {
      for (int i = 0; i < 2; i++) {
        try (Wire seeded = with(howdah, "seed=0.5")) {
          seeded.query("BEGIN");
          assertThat(seeded.value(PID)).isNotNull();
          seeded.query("COMMIT");
        }
        for (Wire other : List.of(howdah.wire(), with(howdah, "work_mem=5MB"))) {
          other.query("BEGIN");
          assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
          other.query("COMMIT");
          other.close();
        }
      }
    }
  }
}
