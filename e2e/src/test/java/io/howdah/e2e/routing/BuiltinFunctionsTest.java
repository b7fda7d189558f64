package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Servers;
import io.howdah.route.function.BuiltinFunctions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The table of built-in functions against the pg_proc of a real server. */
class BuiltinFunctionsTest {
  private static final Path QUESTION =
      Path.of("..", "proxy", "src", "main", "sql", "functions.sql");

  /** Volatile ones that are easily called. */
  private static final List<String> CALLS_THAT_READ =
      List.of(
          "array_sample(array[1, 2], 1)",
          "array_shuffle(array[1, 2])",
          "clock_timestamp()",
          "gen_random_uuid()",
          "pg_backend_pid()",
          "pg_blocking_pids(1)",
          "pg_collation_actual_version(100)",
          "pg_database_size(current_database())",
          "pg_get_backend_memory_contexts()",
          "pg_get_wal_replay_pause_state()",
          "pg_is_in_recovery()",
          "pg_last_wal_replay_lsn()",
          "pg_last_xact_replay_timestamp()",
          "pg_lock_status()",
          "pg_notification_queue_usage()",
          "pg_partition_tree('pg_class')",
          "pg_prepared_xact()",
          "pg_relation_size('pg_class')",
          "pg_show_all_file_settings()",
          "pg_sleep(0)",
          "pg_stat_clear_snapshot()",
          "pg_stat_get_io()",
          "pg_total_relation_size('pg_class')",
          "random()",
          "random(1, 6)",
          "random_normal()",
          "timeofday()",
          "uuidv4()",
          "uuidv7()");

  private static final String BUILT_IN =
      "SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace GROUP BY 1";

  /** They take a transaction number, tell where the primary's WAL is, or run a text as SQL. */
  private static final String[] NOT_VOLATILE_YET_NO_READS = {
    "pg_current_xact_id",
    "txid_current",
    "pg_walfile_name",
    "pg_walfile_name_offset",
    "pg_listening_channels"
  };

  private static final List<String> CALLS_THAT_ARE_REFUSED =
      List.of(
          "txid_current()",
          "pg_current_xact_id()",
          "pg_current_wal_lsn()",
          "pg_current_wal_insert_lsn()",
          "pg_current_wal_flush_lsn()",
          "pg_walfile_name('0/1000000')",
          "pg_switch_wal()",
          "pg_create_restore_point('here')",
          "pg_notify('channel', '')",
          "pg_log_standby_snapshot()",
          "pg_import_system_collations('pg_catalog')",
          "lo_creat(-1)",
          "lo_create(0)",
          "lo_from_bytea(0, '')",
          "lo_unlink(1)",
          "brin_summarize_new_values('pg_class')");

  private static List<String> lines;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in = BuiltinFunctions.class.getResourceAsStream("functions.txt")) {
      lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
  }

  private static Db server() {
    return Servers.shared().superuser(Servers.shared().primary());
  }

  /** All of pg_catalog and information_schema, nothing else, with the verdicts of the question. */
  @Test
  void theTableIsWhatTheServerHas() throws IOException {
    try (Db db = server()) {
      assumeThat(db.value("SELECT current_setting('server_version_num')::int / 10000"))
          .isEqualTo("18");
      // Users' functions are none of its business, and the shared database has some.
      assertThat(db.column(Files.readString(QUESTION))).isEqualTo(lines);
    }
  }

  /** All functions about which catalog and table disagree are said by hand, and no others. */
  @Test
  void whatIsSaidByHandIsNeeded() throws IOException {
    Map<String, String> said = said(Files.readString(QUESTION));
    Map<String, String> verdicts = verdicts();
    try (Db db = server()) {
      List<String> volatileOnes = db.column(BUILT_IN + " HAVING bool_or(provolatile = 'v')");
      assertThat(volatileOnes.stream().filter(each -> "".equals(verdicts.get(each))))
          .as("volatile by the catalog, harmless by hand")
          .containsExactlyInAnyOrderElementsOf(names(said, "read"));
      assertThat(
              db.column(BUILT_IN + " HAVING NOT bool_or(provolatile = 'v')").stream()
                  .filter(each -> !"".equals(verdicts.get(each))))
          .as("not volatile by the catalog, harmful by hand")
          .containsExactlyInAnyOrder(NOT_VOLATILE_YET_NO_READS);
      assertThat(db.column(BUILT_IN)).as("none is left over").containsAll(said.keySet());
    }
  }

  private static List<String> names(Map<String, String> said, String verdict) {
    return said.entrySet().stream()
        .filter(each -> each.getValue().equals(verdict))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Reads {@code ('verdict', 'name name …')} rows. */
  private static Map<String, String> said(String question) {
    Map<String, String> said = new TreeMap<>();
    var rows = Pattern.compile("\\('(\\w+)', '([^']+)'\\)").matcher(question);
    while (rows.find()) {
      for (String name : rows.group(2).strip().split("\\s+")) {
        said.put(name, rows.group(1));
      }
    }
    return said;
  }

  @Test
  void aReplicaServesWhatIsCalledARead() throws SQLException {
    Map<String, String> verdicts = verdicts();
    try (Db db = Servers.shared().superuser(Servers.shared().replicas().getFirst());
        Statement statement = db.connection().createStatement()) {
      for (String call : CALLS_THAT_READ) {
        assertThat(verdicts).containsEntry(name(call), "");
        statement.execute("SELECT " + call);
      }
    }
  }

  @Test
  void aReplicaRefusesWhatIsCalledRefused() throws SQLException {
    Map<String, String> verdicts = verdicts();
    try (Db db = Servers.shared().superuser(Servers.shared().replicas().getFirst());
        Statement statement = db.connection().createStatement()) {
      for (String call : CALLS_THAT_ARE_REFUSED) {
        assertThat(verdicts.get(name(call))).as(call).isIn("refused", "notifies");
        String state = "no error";
        try {
          statement.execute("SELECT " + call);
        } catch (SQLException e) {
          state = e.getSQLState();
        }
        assertThat(state).as(call).isIn("25006", "55000");
      }
    }
  }

  private static String name(String call) {
    return call.substring(0, call.indexOf('('));
  }

  private static Map<String, String> verdicts() {
    return lines.stream()
        .filter(each -> !each.startsWith("#"))
        .map(each -> each.split(" ", 2))
        .collect(Collectors.toMap(each -> each[0], each -> each.length > 1 ? each[1] : ""));
  }
}
