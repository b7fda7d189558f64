package io.howdah.e2e.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a session was started with: RESET leads back to it at once, wherever it stands, and what can
 * only be said at the start works. The same bytes, direct and through Howdah, have the same answer.
 */
class StartupValuesTest {
  private static final Map<String, String> STARTUP =
      Map.of(
          "options",
          "-c work_mem=5MB -c search_path=public,pg_catalog -c my.start=one",
          "application_name",
          "starter",
          "standard_conforming_strings",
          "off");

  private static Howdah howdah;

  @BeforeAll
  static void start() {
    Servers.shared()
        .prepare("GRANT SET ON PARAMETER log_disconnections, session_preload_libraries TO app");
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
    Servers.shared()
        .prepare("REVOKE SET ON PARAMETER log_disconnections, session_preload_libraries FROM app");
  }

  private static List<String> play(HostPort at, byte[]... messages) throws IOException {
    try (Wire wire = Wire.login(at, STARTUP)) {
      wire.send(messages);
      int owed = 0;
      for (byte[] each : messages) {
        owed += each[0] == 'Q' || each[0] == 'S' ? 1 : 0;
      }
      List<String> all = new ArrayList<>();
      while (owed > 0) {
        Message one = wire.read();
        owed -= one.type() == 'Z' ? 1 : 0;
        if (one.type() != 'S') {
          all.add(
              one.type() == 'E' || one.type() == 'N'
                  ? one.type() + one.field('C') + ' ' + one.field('M') + " at " + one.field('P')
                  : one.toString());
        }
      }
      return all;
    }
  }

  private static void same(byte[]... messages) throws IOException {
    assertThat(play(howdah.address(), messages))
        .isEqualTo(play(Servers.shared().primary(), messages));
  }

  private static final String LOOK =
      "SELECT current_setting('work_mem'), current_setting('search_path'),"
          + " current_setting('application_name'), current_setting('my.start')";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RESET work_mem; " + LOOK,
        "SET work_mem = '7MB'; RESET work_mem; " + LOOK,
        "SET search_path = pg_catalog; RESET search_path; " + LOOK,
        "RESET ALL; " + LOOK + "; SET LOCAL work_mem = '9MB'; " + LOOK,
        "RESET work_mem; SET LOCAL work_mem = '9MB'; " + LOOK,
        "BEGIN; SET my.start = 'two'; RESET my.start; " + LOOK + "; ROLLBACK; " + LOOK,
        "SET LOCAL work_mem TO DEFAULT; " + LOOK,
        "SET LOCAL work_mem TO DEFAULT",
        "BEGIN; SET work_mem = '3MB'; SET LOCAL work_mem TO DEFAULT; " + LOOK + "; COMMIT; " + LOOK,
        "RESET work_mem; SELECT 'ä', nobody",
        "RESET work_mem; SELECT 'ä'; RESET ALL; SELECT (1",
        "RESET nothing_at_all; RESET work_mem",
        "RESET work_mem; RESET nothing_at_all",
        "RESET work_mem; SELECT 'a\\\\b'; SELECT 1 x y",
        "BEGIN; RESET work_mem; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; COMMIT",
        "RESET ALL /* ; */ -- and\n",
        "DISCARD ALL; " + LOOK,
        LOOK + "; DISCARD ALL"
      })
  void inAString(String sql) throws IOException {
    same(Send.query(sql), Send.query(LOOK));
  }

  private static void add(List<byte[]> to, String sql) {
    to.add(Send.parse("", sql));
    to.add(Send.bind("", ""));
    to.add(Send.execute("", 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET work_mem = '7MB'|RESET work_mem|" + LOOK,
        "RESET ALL|" + LOOK,
        "DISCARD ALL|" + LOOK,
        "DISCARD ALL|" + LOOK + "|nonsense",
        "DISCARD ALL|SET work_mem = '6MB'|ROLLBACK|" + LOOK,
        "DISCARD ALL|DISCARD ALL|" + LOOK,
        "BEGIN|RESET work_mem|SET TRANSACTION ISOLATION LEVEL SERIALIZABLE|" + LOOK + "|COMMIT",
        "BEGIN|SET LOCAL work_mem TO DEFAULT|" + LOOK + "|COMMIT",
        "SET work_mem = '3MB'|SET LOCAL work_mem TO DEFAULT|" + LOOK,
        "RESET search_path|SET LOCAL search_path TO DEFAULT|" + LOOK + "|SELECT 1/0",
        "RESET nothing_at_all|" + LOOK
      })
  void inABatch(String statements) throws IOException {
    List<byte[]> messages = new ArrayList<>();
    messages.add(Send.query("SET work_mem = '8MB'"));
    for (String sql : statements.split("\\|")) {
      add(messages, sql);
    }
    messages.add(Send.sync());
    add(messages, LOOK);
    messages.add(Send.sync());
    same(messages.toArray(byte[][]::new));
  }

  /** As a driver does that puts the clearing of a pooled connection ahead of its first command. */
  @Test
  void aheadOfTheNextRequest() throws IOException {
    List<byte[]> messages = new ArrayList<>();
    messages.add(Send.query("SET work_mem = '8MB'"));
    messages.add(Send.query("DISCARD ALL"));
    add(messages, LOOK);
    messages.add(Send.sync());
    messages.add(Send.query("SET LOCAL work_mem TO DEFAULT"));
    messages.add(Send.query("RESET ALL"));
    messages.add(Send.query(LOOK));
    same(messages.toArray(byte[][]::new));
  }

  /** In session mode the server connection was opened before the session, too. */
  @Test
  void inSessionMode() throws IOException {
    List<byte[]> messages = new ArrayList<>();
    messages.add(Send.query("SET work_mem = '8MB'; RESET work_mem; " + LOOK));
    messages.add(Send.query("SET work_mem = '8MB'"));
    add(messages, "RESET ALL");
    add(messages, LOOK);
    messages.add(Send.sync());
    messages.add(Send.query("DISCARD ALL"));
    messages.add(Send.query(LOOK));
    byte[][] all = messages.toArray(byte[][]::new);
    try (Howdah session = Howdah.of(PoolMode.SESSION).poolSize(2).start()) {
      assertThat(play(session.address(), all)).isEqualTo(play(Servers.shared().primary(), all));
    }
  }

  /** Another client has one of the two connections: what is asked goes to either. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET app.tenant = 'x'|RESET app.tenant|SHOW app.tenant",
        "SET LOCAL app.tenant = 'x'|SHOW app.tenant",
        "BEGIN|SET app.tenant = 'x'|ROLLBACK|SHOW app.tenant",
        "BEGIN|SELECT set_config('app.tenant', 'x', true)|COMMIT|SHOW app.tenant",
        "SELECT set_config('app.tenant', 'x' || '', false)|RESET ALL|SHOW app.tenant",
        "SET app.tenant = 'x'|DISCARD ALL|SHOW app.tenant",
        "RESET app.tenant|SHOW app.tenant",
        "DO $$BEGIN PERFORM set_config('app.tenant', 'x', true); END$$|SHOW app.tenant",
        "BEGIN|SAVEPOINT a|SET app.tenant = 'x'|ROLLBACK TO a|COMMIT|SHOW app.tenant",
        "SET app.tenant = 'x'; SELECT 1/0|SHOW app.tenant",
        "SELECT current_setting('app.tenant', true)|SHOW app.tenant",
        "SHOW app.tenant"
      })
  void aParameterOfOnesOwnIsThereEverywhere(String statements) throws IOException {
    List<String> direct = told(Servers.shared().primary(), statements, null);
    try (Howdah fresh = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start()) {
      assertThat(told(fresh.address(), statements, fresh)).isEqualTo(direct);
    }
  }

  private static List<String> told(HostPort at, String statements, Howdah through)
      throws IOException {
    List<String> all = new ArrayList<>();
    String[] each = statements.split("\\|");
    try (Wire wire = Wire.login(at, Map.of())) {
      for (int i = 0; i < each.length - 1; i++) {
        all.add(ask(wire, each[i]));
      }
      if (through == null) {
        all.add(ask(wire, each[each.length - 1]));
        return all;
      }
      // The connection that was used is the one that is given out first.
      try (Wire other = Wire.login(at, Map.of())) {
        ask(other, "BEGIN");
        all.add(ask(wire, each[each.length - 1]));
        ask(other, "COMMIT");
      }
      return all;
    }
  }

  private static String ask(Wire wire, String sql) throws IOException {
    wire.send(Send.query(sql));
    StringBuilder all = new StringBuilder(sql).append(" =>");
    Message one;
    do {
      one = wire.read();
      switch (one.type()) {
        case 'D' -> all.append(' ').append(one.row());
        case 'E' -> all.append(' ').append(one.sqlstate());
        default -> all.append(' ').append(one.type());
      }
    } while (one.type() != 'Z');
    return all.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ignore_system_indexes=on",
        "post_auth_delay=0",
        "log_disconnections=on",
        "log_connections=on",
        "session_preload_libraries=plpgsql",
        "local_preload_libraries=no_such_library",
        "post_auth_delay=soon",
        "shared_buffers=1MB",
        "seed=0.5",
        "seed=7",
        "transaction_isolation=serializable",
        "transaction_read_only=on",
        "transaction_read_only=maybe",
        "transaction_deferrable=on"
      })
  void whatCanOnlyBeSaidAtTheStart(String option) throws IOException {
    String name = option.substring(0, option.indexOf('='));
    Map<String, String> startup = Map.of("options", "-c " + option + " -c work_mem=6MB");
    assertThat(started(howdah.address(), name, startup))
        .isEqualTo(started(Servers.shared().primary(), name, startup));
    List<String> plain = started(howdah.address(), name, Map.of());
    assertThat(plain).isEqualTo(started(Servers.shared().primary(), name, Map.of()));
  }

  private static List<String> started(HostPort at, String name, Map<String, String> startup)
      throws IOException {
    try (Wire wire = Wire.login(at, startup)) {
      return List.of(
          ask(
              wire,
              "SELECT current_setting('"
                  + name
                  + "'), current_setting('work_mem'),"
                  + " (SELECT count(*) FROM pg_settings WHERE name LIKE 'plpgsql.%')"),
          ask(wire, "RESET ALL"),
          ask(wire, "SHOW " + name));
    } catch (Wire.Refused refused) {
      return List.of(refused.error().sqlstate(), refused.error().field('M'));
    }
  }
}
