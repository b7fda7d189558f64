package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Functions of users go where their volatility lets them, from the search path they are called. */
class CatalogTest {
  private static final String BODY =
      " RETURNS bool LANGUAGE plpgsql %s AS $$BEGIN RETURN pg_is_in_recovery(); END$$";
  private static Howdah howdah;

  @BeforeAll
  static void start() {
    Servers.shared()
        .prepare(
            "DROP SCHEMA IF EXISTS one CASCADE",
            "DROP SCHEMA IF EXISTS two CASCADE",
            "CREATE SCHEMA one AUTHORIZATION app",
            "CREATE SCHEMA two AUTHORIZATION app",
            "CREATE FUNCTION one.harmless()" + BODY.formatted("STABLE"),
            "CREATE FUNCTION one.twin()" + BODY.formatted("STABLE"),
            "CREATE FUNCTION two.twin()" + BODY.formatted("VOLATILE"),
            "CREATE FUNCTION one.changing()" + BODY.formatted("STABLE"),
            "ALTER FUNCTION one.changing() OWNER TO app");
    howdah = Howdah.of(PoolMode.TRANSACTION).start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  @Test
  void aStableFunctionGoesToAReplica() throws IOException {
    try (Wire wire = howdah.wire()) {
      becomes(wire, "SELECT one.harmless()", "t");
      becomes(wire, "SELECT one.harmless() -- another text of it", "t");
    }
  }

  @Test
  void theSearchPathDecidesWhichOneIsMeant() throws IOException {
    try (Wire wire = howdah.wire()) {
      becomes(wire, "SELECT one.twin()", "t");
      wire.query("SET search_path = one");
      becomes(wire, "SELECT twin()", "t");
      wire.query("SET search_path = two, one");
      assertThat(wire.value("SELECT twin()")).isEqualTo("f");
      wire.query("SET search_path = one, two");
      assertThat(wire.value("SELECT twin()")).as("its arguments are not looked at").isEqualTo("f");
    }
  }

  @Test
  void aChangeThroughHowdahIsSeenSoon() throws IOException {
    try (Wire wire = howdah.wire()) {
      becomes(wire, "SELECT one.changing()", "t");
      wire.query("ALTER FUNCTION one.changing() VOLATILE");
      becomes(wire, "SELECT one.changing()", "f");
      wire.query("ALTER FUNCTION one.changing() STABLE");
      becomes(wire, "SELECT one.changing()", "t");
    }
  }

  private static void becomes(Wire wire, String sql, String expected) {
    Await.until(() -> answer(wire, sql), a -> assertThat(a).as(sql).isEqualTo(expected));
  }

  private static String answer(Wire wire, String sql) {
    try {
      return wire.value(sql);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
