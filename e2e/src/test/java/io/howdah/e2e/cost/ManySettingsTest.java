package io.howdah.e2e.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.ClientConfig;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Thousands of parameters of one's own: who has them can use them, and nobody else notices. */
class ManySettingsTest {
  private static final int MANY = 3000;

  private static final String PRIMARY = "/* howdah: primary */ ";

  private static String settings(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "SET many.p" + i + " = 'v" + i + "'")
        .collect(Collectors.joining(";"));
  }

  private static void setAll(Wire wire) throws IOException {
    for (int i = 0; i < MANY; i += 500) {
      assertThat(wire.query(settings(i, i + 500))).noneMatch(each -> each.type() == 'E');
    }
  }

  @Test
  void followTheirSession() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).start();
        Wire wire = howdah.wire();
        Wire other = howdah.wire()) {
      setAll(wire);
      for (int i = 0; i < 3; i++) {
        assertThat(other.value(PRIMARY + "SELECT coalesce(current_setting('many.p7', true), '')"))
            .isEmpty();
        assertThat(wire.value(PRIMARY + "SELECT current_setting('many.p7')")).isEqualTo("v7");
      }
      assertThat(wire.value(PRIMARY + "SELECT current_setting('many.p" + (MANY - 1) + "')"))
          .isEqualTo("v" + (MANY - 1));
    }
  }

  /** Their names are known of the server connection, which is asked for them behind a DO. */
  @Test
  void endNobodysSession() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).leakCheckRate(1).start()) {
      for (int round = 0; round < 2; round++) {
        try (Wire wire = howdah.wire()) {
          setAll(wire);
          wire.value(PRIMARY + "SELECT 1");
        }
        try (Wire victim = howdah.wire()) {
          for (int i = 0; i < 3; i++) {
            assertThat(victim.query("DO $$ BEGIN PERFORM 1; END $$"))
                .extracting(Message::type)
                .containsExactly('C', 'Z');
            assertThat(victim.value(PRIMARY + "SELECT 'fine'")).isEqualTo("fine");
          }
        }
      }
    }
  }

  private static final String LONG = "x".repeat(60_000);

  private static void limit(ClientConfig.Change c, long all) {
    c.maxSettingsBytes = 500_000;
    c.maxTotalSettingsBytes = all;
  }

  /** Sets long values until it is refused; how many were taken. */
  private static int fill(Wire wire, String key) throws IOException {
    for (int n = 0; n < 100; n++) {
      List<Message> replies = wire.query("SET long.p" + n + " = '" + LONG + "'");
      if (replies.getFirst().type() == 'E') {
        assertThat(replies.getFirst().sqlstate()).isEqualTo("54000");
        assertThat(replies.getFirst().field('D')).contains(key);
        return n;
      }
    }
    throw new AssertionError("no limit");
  }

  @Test
  void areBoundedInBytes() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).clients(c -> limit(c, 700_000)).start()) {
      try (Wire wire = howdah.wire();
          Wire other = howdah.wire()) {
        int most = fill(wire, "clients.max-settings-bytes");
        assertThat(most).isBetween(6, 8);
        assertThat(wire.query("RESET long.p0")).noneMatch(each -> each.type() == 'E');
        assertThat(fill(wire, "clients.max-settings-bytes")).isBetween(1, most);
        assertThat(fill(other, "clients.max-total-settings-bytes")).isBetween(1, 4);
      }
      // What those had is free again.
      try (Wire wire = howdah.wire()) {
        assertThat(fill(wire, "clients.max-settings-bytes")).isBetween(6, 8);
      }
    }
  }

  /** The text does not tell how long a value is that is only made there; a savepoint keeps each. */
  @Test
  void whoHidesHowLongTheyAreIsEnded() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).clients(c -> limit(c, 0)).start()) {
      try (Wire wire = howdah.wire()) {
        wire.query("BEGIN");
        for (int n = 0; n < 100; n++) {
          wire.query("SAVEPOINT s" + n + "; SET long.p = '" + n + LONG + "'");
        }
        throw new AssertionError("no limit");
      } catch (IOException e) {
        // Its connection was closed.
      }
      Await.until(
          howdah.events()::errors,
          errors -> assertThat(errors).anyMatch(each -> each.startsWith("54000 settings of this")));
    }
  }
}
