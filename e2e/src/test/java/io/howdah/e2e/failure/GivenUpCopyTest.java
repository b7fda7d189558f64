package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A COPY of the extended protocol, with its Sync sent along, fails: how many ReadyForQuery messages
 * come depends on when the server read that Sync. What the session holds stays, as with PostgreSQL.
 */
class GivenUpCopyTest {
  @BeforeAll
  static void prepare() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS given_up, refused",
            "CREATE TABLE given_up (i int)",
            "CREATE TABLE refused (i int)",
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
                + " AS 'BEGIN RAISE ''no''; END'",
            "CREATE TRIGGER refuse BEFORE INSERT ON refused EXECUTE FUNCTION refuse()",
            "GRANT ALL ON given_up, refused TO app");
  }

  @ParameterizedTest
  @CsvSource({
    "SESSION, given_up, true",
    "SESSION, refused, true",
    "TRANSACTION, given_up, true",
    "TRANSACTION, refused, true",
    "TRANSACTION, given_up, false",
    "TRANSACTION, refused, false"
  })
  void whatTheSessionHoldsStays(PoolMode mode, String table, boolean keeps) throws IOException {
    List<String> direct = run(Target.DIRECT, null, table, keeps);
    try (Howdah howdah = Howdah.of(mode).poolSize(1).start()) {
      assertThat(run(Target.HOWDAH, howdah, table, keeps)).isEqualTo(direct);
      // The connection is as good as ever.
      assertThat(run(Target.HOWDAH, howdah, table, keeps)).isEqualTo(direct);
    }
  }

  private static List<String> run(Target target, Howdah howdah, String table, boolean keeps)
      throws IOException {
    List<String> told = new ArrayList<>();
    try (Wire wire = Wire.login(target.address(howdah), Map.of())) {
      if (keeps) {
        told.add(types(wire.query("CREATE TEMP TABLE kept AS SELECT 7 AS i")));
        told.add(types(wire.query("SELECT pg_advisory_lock(77)")));
      }
      told.add(types(wire.query("SET work_mem = '7MB'")));
      wire.send(
          Send.parse("", "COPY " + table + " FROM STDIN"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync());
      told.add(types(wire.until('G')));
      wire.send(Send.copyData("1\n"), Send.copyFail("changed my mind"), Send.sync());
      // Behind this comes nothing that the copy is owed.
      wire.send(Send.query("SHOW work_mem"));
      told.add(types(wire.until('C')));
      told.add(types(wire.ready()));
      if (keeps) {
        told.add(wire.value("SELECT i FROM kept"));
        told.add(wire.value("SELECT pg_advisory_unlock(77)"));
        told.add(types(wire.query("DROP TABLE kept")));
      }
    }
    return told;
  }

  private static String types(List<Message> messages) {
    StringBuilder types = new StringBuilder();
    for (Message each : messages) {
      if (each.type() != 'S') {
        types.append(each.type());
      }
    }
    return types.toString();
  }
}
