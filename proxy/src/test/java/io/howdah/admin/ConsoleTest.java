package io.howdah.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.error.Sqlstate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {
  private final List<String> calls = new ArrayList<>();
  private final StatsHistory history = new StatsHistory();
  private final Console console = new Console(new FakeControl(calls), history);

  private Reply run(String sql) {
    return console.execute(sql, Access.ADMIN).toCompletableFuture().join();
  }

  private Reply.Table table(String sql) {
    return (Reply.Table) run(sql);
  }

  private PgError error(String sql, Access access) {
    Reply reply = console.execute(sql, access).toCompletableFuture().join();
    return ((Reply.Failed) reply).error();
  }

  private static String names(Reply.Table t) {
    return t.columns().stream().map(Column::name).collect(Collectors.joining(" "));
  }

  private static String types(Reply.Table t) {
    return t.columns().stream()
        .map(
            c ->
                switch (c.type()) {
                  case TEXT -> "s";
                  case INT4 -> "i";
                  case INT8 -> "q";
                  case NUMERIC -> "N";
                  case BOOL -> "b";
                })
        .collect(Collectors.joining());
  }

  private static String row(Reply.Table t, int i) {
    return t.rows().get(i).stream().map(v -> v == null ? "~" : v).collect(Collectors.joining(","));
  }

  /** Types: s text, i int4, q int8, N numeric, b bool. In rows ~ is NULL. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POOLS          | ssiiiiiiiiiiiiisssss    | demo,app,3,1,0,0,2,0,0,1,0,0,1,2,500000,transaction,~,db1:5432,primary,3D000 database "demo" does not exist
          CLIENTS        | ssssssisissiiississiqssq | C,app,demo,none,waiting,10.0.0.2,5432,10.0.0.1,6432,2026-03-04 05:06:07 UTC,~,1,2,0,C7,,0,,psql,4,7,temporary table,pool-full: pool app@demo on db1:5432,1000
          SERVERS        | ssssssisissiiississiqss | S,app,demo,none,active,10.0.0.2,5432,10.0.0.1,6432,2026-03-04 05:06:07 UTC,2026-03-04 05:06:07 UTC,0,0,1,S9,C7,4711,TLSv1.3,psql,0,9,db1:5432,primary
          DATABASES      | ssissiiiissiiiiiisb     | demo,~,~,demo,~,20,0,5,3600,~,~,100,4,0,3,1,0,main,t
          USERS          | siisiiii                | app,~,~,session,0,4,0,3
          NODES          | sssisqqbiisis           | main,db1:5432,primary,3,0/16B3748,0,0,t,2,1,~,1,a
          ROUTES         | ssqqqqs                 | read,select-read-only,7,3,4,2,it only reads
          CONFIG         | ssss                    | pool.default-size,20,20,yes
          STATE          | ss                      | active,yes
          VERSION        | s                       | Howdah 0.1.0
          LISTS          | si                      | databases,1
          STATS          | sNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN | demo,0,0,5000,0,100,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0
          STATS_TOTALS   | sNNNNNNNNNNNNNNNNNN      | demo,0,0,5000,0,100,0,0,0,0,0,0,0,0,0,0,0,0,0
          STATS_AVERAGES | sNNNNNNNNNNNNNNNNNN      | demo,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0
          TOTALS         | sN                      | total_server_assignment_count,0
          HELP           | ss                      | SHOW HELP,this list
          """)
  void shows(String what, String types, String firstRow) {
    Reply.Table t = table("SHOW " + what);
    assertThat(types(t)).isEqualTo(types);
    assertThat(row(t, 0)).isEqualTo(firstRow);
    assertThat(t.tag()).isEqualTo("SHOW");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          SHOW ROUTE FOR 'select ''a'' || b'                     ! explain select 'a' || b|null|null
          show route for 'select 1; select 2' in shop            ! explain select 1; select 2|shop|null
          SHOW ROUTE FOR 'select 1' AS "Eve" IN "my db";         ! explain select 1|my db|Eve
          """)
  void theRouteOfAStatement(String command, String call) {
    Reply.Table t = table(command);
    assertThat(names(t)).isEqualTo("part name value why");
    assertThat(row(t, 0)).isEqualTo("statement,target,replica,it reads");
    assertThat(calls).containsExactly(call);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHOW ROUTE",
        "SHOW ROUTE 'select 1'",
        "SHOW ROUTE FOR",
        "SHOW ROUTE FOR select 1",
        "SHOW ROUTE FOR 'select 1' IN",
        "SHOW ROUTE FOR 'select 1' ON shop"
      })
  void noRouteOfNothing(String command) {
    Reply reply = console.execute(command, Access.STATS).toCompletableFuture().join();
    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> assertThat(failed.error().hint()).contains("SHOW ROUTE FOR 'statement'"));
    assertThat(calls).isEmpty();
  }

  @Test
  void columnsAreThoseThatExportersExpect() {
    assertThat(names(table("SHOW POOLS")))
        .isEqualTo(
            "database user cl_active cl_waiting cl_active_cancel_req cl_waiting_cancel_req"
                + " sv_active sv_active_cancel sv_being_canceled sv_idle sv_used sv_tested"
                + " sv_login maxwait maxwait_us pool_mode load_balance_hosts node role refusal");
    assertThat(names(table("SHOW CLIENTS")))
        .isEqualTo(
            "type user database replication state addr port local_addr local_port connect_time"
                + " request_time wait wait_us close_needed ptr link remote_pid tls"
                + " application_name prepared_statements id pin wait_reason wait_ms");
    assertThat(names(table("SHOW DATABASES")))
        .isEqualTo(
            "name host port database force_user pool_size min_pool_size reserve_pool_size"
                + " server_lifetime pool_mode load_balance_hosts max_connections"
                + " current_connections max_client_connections current_client_connections paused"
                + " disabled cluster split_reads");
    assertThat(names(table("SHOW STATS")))
        .startsWith(
            "database total_server_assignment_count total_xact_count total_query_count"
                + " total_received total_sent total_xact_time total_query_time total_wait_time"
                + " total_client_parse_count total_server_parse_count total_bind_count"
                + " total_replay_count total_causal_read_count total_causal_wait_count"
                + " total_causal_wait_time total_causal_primary_count total_causal_question_count"
                + " total_causal_poll_count avg_server_assignment_count avg_xact_count avg_query_count avg_recv avg_sent");
    assertThat(names(table("SHOW STATS_TOTALS")))
        .startsWith(
            "database server_assignment_count xact_count query_count bytes_received bytes_sent");
  }

  @Test
  void listenersShowWhoHearsForAll() {
    assertThat(row(table("SHOW LISTENERS"), 0))
        .isEqualTo("main,demo,db1:5432,app,4711,2,300,5,1500,1,~");
    assertThat(row(table("show listeners"), 1)).isEqualTo("main,other,~,~,0,1,1,0,0,0,no primary");
  }

  @Test
  void whatIsNotKnownIsNull() {
    assertThat(row(table("SHOW NODES"), 1))
        .isEqualTo("main,db2:5432,unknown,~,0/0,~,~,f,0,0,refused,1,~");
  }

  @Test
  void averagesAreThoseOfTheLastPeriod() {
    history.record(0, FakeControl.sample(2_000).totals());
    history.record(10_000_000_000L, FakeControl.sample(5_000).totals());
    assertThat(row(table("SHOW STATS_AVERAGES"), 0))
        .isEqualTo("demo,0,0,300,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0");
    assertThat(table("SHOW TOTALS").rows())
        .contains(List.of("total_query_count", "5001"), List.of("avg_query_count", "300"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "show pools",
        " SHOW\n  Pools ; ",
        "-- hello\nSHOW POOLS;",
        "SHOW POOLS -- x",
        "SHOW \"pools\""
      })
  void spellingDoesNotMatter(String sql) {
    assertThat(table(sql).rows()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PAUSE                     | pause null                | PAUSE
          pause demo;               | pause demo                | PAUSE
          PAUSE "My ""DB"           | pause My "DB              | PAUSE
          RESUME demo               | resume demo               | RESUME
          RECONNECT                 | reconnect null            | RECONNECT
          KILL demo                 | kill demo                 | KILL
          KILL_CLIENT 12            | killClient 12             | KILL_CLIENT
          RELOAD                    | reload                    | RELOAD
          SHUTDOWN                  | shutdown IMMEDIATE        | SHUTDOWN
          shutdown wait_for_clients | shutdown WAIT_FOR_CLIENTS | SHUTDOWN
          SHUTDOWN WAIT_FOR_SERVERS | shutdown WAIT_FOR_SERVERS | SHUTDOWN
          """,
      quoteCharacter = '`')
  void acts(String sql, String call, String tag) {
    assertThat(run(sql)).isEqualTo(new Reply.Done(tag));
    assertThat(calls).containsExactly(call);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PAUSE", "KILL_CLIENT 1", "reload", "SHUTDOWN", "KILL demo", "RESUME"})
  void whoMayOnlyLookChangesNothing(String sql) {
    PgError e = error(sql, Access.STATS);
    assertThat(e.sqlstate()).isEqualTo(Sqlstate.INSUFFICIENT_PRIVILEGE);
    assertThat(calls).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SHOW POOL                  | 42601 | unknown console command "SHOW POOL"         | Did you mean SHOW POOLS? SHOW HELP lists all commands.
          SHOW elephants             | 42601 | unknown console command "SHOW elephants"    | SHOW HELP lists all commands.
          PAUES demo                 | 42601 | unknown console command "PAUES"             | Did you mean PAUSE? SHOW HELP lists all commands.
          FROBNICATE                 | 42601 | unknown console command "FROBNICATE"        | SHOW HELP lists all commands.
          SHOW POOLS NOW             | 42601 | syntax error at or near "NOW"               | SHOW HELP lists all commands.
          RELOAD demo                | 42601 | syntax error at or near "demo"              | SHOW HELP lists all commands.
          SHOW POOLS; SHOW CLIENTS   | 42601 | the console takes one command at a time     |
          PAUSE "demo                | 42601 | unterminated quoted name                    |
          KILL_CLIENT                | 42601 | KILL_CLIENT needs the id of a client        | SHOW CLIENTS has it in its column "id".
          KILL_CLIENT me             | 42601 | KILL_CLIENT needs the id of a client        | SHOW CLIENTS has it in its column "id".
          SHUTDOWN WAIT_FOR_SERVER   | 42601 | unknown console command "SHUTDOWN WAIT_FOR_SERVER" | Did you mean SHUTDOWN WAIT_FOR_SERVERS? SHOW HELP lists all commands.
          SET default_pool_size = 5  | 0A000 | settings can't be changed on the console    | Change the configuration file and RELOAD.
          SELECT * FROM pg_class     | 0A000 | the admin console runs no queries           | Connect to one of your databases for SQL. SHOW HELP lists all commands.
          SUSPEND                    | 0A000 | SUSPEND is not supported by Howdah          | SHOW HELP lists all commands.
          PAUSE nowhere              | 3D000 | no such database: nowhere                   |
          PAUSE broken               | XX000 | the console command failed: java.lang.IllegalStateException: oops | Please report this; Howdah's log has the details.
          """,
      quoteCharacter = '`')
  void refuses(String sql, String sqlstate, String message, String hint) {
    PgError e = error(sql, Access.ADMIN);
    assertThat(e.sqlstate().code()).isEqualTo(sqlstate);
    assertThat(e.message()).isEqualTo(message);
    assertThat(e.hint()).isEqualTo(hint);
    assertThat(e.severity()).isEqualTo(Severity.ERROR);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET extra_float_digits = 3",
        "set application_name='PostgreSQL JDBC Driver'",
        "SET client_encoding TO 'UTF8'",
        "SET DateStyle=ISO",
        "SET TIME ZONE 'UTC'"
      })
  void driversMaySetWhatTheyAlwaysSet(String sql) {
    assertThat(console.execute(sql, Access.STATS).toCompletableFuture().join())
        .isEqualTo(new Reply.Done("SET"));
  }

  @Test
  void helpListsOnlyWhatThereIs() {
    for (List<String> line : table("SHOW HELP").rows()) {
      if (line.getFirst().startsWith("SHOW ")) {
        assertThat(run(line.getFirst())).isInstanceOf(Reply.Table.class);
      }
    }
    assertThat(table("SHOW").rows()).isEqualTo(table("SHOW HELP").rows());
  }

  @Test
  void answersWhetherItIsAlive() {
    assertThat(row(table("select 1;"), 0)).isEqualTo("1");
    assertThat(table("SELECT 1").tag()).isEqualTo("SELECT 1");
    assertThat(row(table("SELECT version()"), 0)).isEqualTo("Howdah 0.1.0");
    assertThat(run(" ;; ")).isEqualTo(new Reply.Empty());
  }
}
