package io.howdah.route.classify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.AdvisoryLock;
import io.howdah.route.fact.SessionEffect.AdvisoryUnlock;
import io.howdah.route.fact.SessionEffect.AnyStatement;
import io.howdah.route.fact.SessionEffect.CloseCursor;
import io.howdah.route.fact.SessionEffect.DatabaseChange;
import io.howdah.route.fact.SessionEffect.Deallocate;
import io.howdah.route.fact.SessionEffect.Discard;
import io.howdah.route.fact.SessionEffect.Discarded;
import io.howdah.route.fact.SessionEffect.Drop;
import io.howdah.route.fact.SessionEffect.ExecuteStatement;
import io.howdah.route.fact.SessionEffect.HoldCursor;
import io.howdah.route.fact.SessionEffect.Listen;
import io.howdah.route.fact.SessionEffect.Load;
import io.howdah.route.fact.SessionEffect.OwnSetting;
import io.howdah.route.fact.SessionEffect.OwnVerb;
import io.howdah.route.fact.SessionEffect.PrepareStatement;
import io.howdah.route.fact.SessionEffect.RandomSeed;
import io.howdah.route.fact.SessionEffect.ReleaseSavepoint;
import io.howdah.route.fact.SessionEffect.ResetAll;
import io.howdah.route.fact.SessionEffect.ResetParameter;
import io.howdah.route.fact.SessionEffect.RollbackToSavepoint;
import io.howdah.route.fact.SessionEffect.Savepoint;
import io.howdah.route.fact.SessionEffect.SequenceUse;
import io.howdah.route.fact.SessionEffect.SetParameter;
import io.howdah.route.fact.SessionEffect.SetParameterText;
import io.howdah.route.fact.SessionEffect.SetRole;
import io.howdah.route.fact.SessionEffect.SetSessionAuthorization;
import io.howdah.route.fact.SessionEffect.StatementEnd;
import io.howdah.route.fact.SessionEffect.TemporaryObject;
import io.howdah.route.fact.SessionEffect.UnknownSetting;
import io.howdah.route.fact.SessionEffect.Unlisten;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SessionEffectTest {

  private static Arguments row(String sql, SessionEffect... effects) {
    return Arguments.of(sql, List.of(effects));
  }

  private static SetParameter set(String name, String... value) {
    return new SetParameter(name, List.of(value), false);
  }

  private static OwnSetting own(OwnVerb verb, String value) {
    return new OwnSetting(verb, "howdah.route", value);
  }

  private static PrepareStatement prepare(String name, String text, String statement) {
    return new PrepareStatement(name, text, Sql.facts(statement));
  }

  /** The bytes of a text, each as a char. */
  private static String bytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  private static DatabaseChange change(String verb, String database, String made) {
    return new DatabaseChange(verb + " DATABASE", database, made);
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        row("set work_mem = '64MB'", set("work_mem", "64MB")),
        row("set WORK_MEM to 4096", set("work_mem", "4096")),
        row("set session work_mem to -1", set("work_mem", "-1")),
        row("set a.B = 0x10", set("a.b", "16")),
        row("set a.b = +1.50", set("a.b", "1.50")),
        row("set \"Search_Path\" = Foo, \"Bar\", 'x''y'", set("search_path", "foo", "Bar", "x'y")),
        row("set a.b = e'a\\'b\\n', $x$y'$x$", set("a.b", "a'b\n", "y'")),
        row("set a.b = 'one'\n 'two'", set("a.b", "onetwo")),
        row("set enable_seqscan = off", set("enable_seqscan", "off")),
        row("set local work_mem = 1", new SetParameter("work_mem", List.of("1"), true)),
        row("set work_mem to default", new SetParameter("work_mem", null, false)),
        row("set time zone 'Europe/Berlin'", set("timezone", "Europe/Berlin")),
        row("set time zone -7", set("timezone", "-7")),
        row("set time zone local", new SetParameter("timezone", null, false)),
        row("set time zone interval '-08:00'", set("timezone", "INTERVAL '-08:00'")),
        row(
            "set time zone interval '-08:00' hour to minute",
            new UnknownSetting("SET timezone", "timezone")),
        row("set names 'latin1'", set("client_encoding", "latin1")),
        row("set names", new SetParameter("client_encoding", null, false)),
        row("set schema 'a'", set("search_path", "a")),
        row("set xml option document", set("xmloption", "document")),
        row("set seed to 0.5", new RandomSeed()),
        row("set role bob", new SetRole("bob", false)),
        row("set local role \"Bob\"", new SetRole("Bob", true)),
        row("set role none", new SetRole("none", false)),
        row("set role default", new SetRole(null, false)),
        row("set role to 'bob'", new SetRole("bob", false)),
        row("set session authorization 'bob'", new SetSessionAuthorization("bob", false)),
        row("set session session authorization default", new SetSessionAuthorization(null, false)),
        row("set transaction read only"),
        row("set transaction_read_only = on"),
        row("set session = 1"),
        row(
            "set session characteristics as transaction isolation level repeatable read, read only",
            set("default_transaction_isolation", "repeatable read"),
            set("default_transaction_read_only", "on")),
        row("set extra_float_digits=-5", set("extra_float_digits", "-5")),
        row("set a.b=+1.5", set("a.b", "1.5")),
        row("set a.b = u&'x'", new UnknownSetting("SET a.b", "a.b")),
        row("set local a.b = u&'x'", new SessionEffect.LocalSetting("a.b", null)),
        row("set local work_mem = u&'1MB'"),
        row("set howdah.route = 'replica'", own(OwnVerb.SET, "replica")),
        row("set Howdah.\"Route\" to Replica, b", own(OwnVerb.SET, "replica, b")),
        row("set howdah.route to default", own(OwnVerb.SET, null)),
        row("set local howdah.route = a", own(OwnVerb.SET_LOCAL, "a")),
        row("reset howdah.route", own(OwnVerb.RESET, null)),
        row("/* x */ show HOWDAH.route -- y", own(OwnVerb.SHOW, null)),
        row("set howdah.route = u&'x'", new UnknownSetting("SET howdah.route", "howdah.route")),
        row("set howdah = 1", set("howdah", "1")),
        row("show howdah"),
        row("show howdah.route now"),
        row("show all"),
        row("reset work_mem", new ResetParameter("work_mem")),
        row("reset all", new ResetAll()),
        row("reset time zone", new ResetParameter("timezone")),
        row("reset role", new SetRole(null, false)),
        row("reset session authorization", new SetSessionAuthorization(null, false)),
        row("select set_config('a.B', 'x', false)", new SetParameterText("a.b", "x")),
        row(
            "select set_config('search_path', 'a, b', false)",
            new SetParameterText("search_path", "a, b")),
        row("select set_config('a.b'::text, 'x'::text, false)", new SetParameterText("a.b", "x")),
        row("select set_config('a.b'::name, 'x', false)", new UnknownSetting("set_config", null)),
        row("select set_config('work_mem', 'x', true)"),
        row("select set_config('a.b', 'x', true)", new SessionEffect.LocalSetting("a.b", "x")),
        row(
            "select set_config('A.b', $1, true) from t",
            new SessionEffect.LocalSetting("a.b", null)),
        row(
            "select set_config('a.b', 'x', false) where false",
            new UnknownSetting("set_config", "a.b")),
        row("select set_config('role', 'bob', false)", new SetRole("bob", false)));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void tellsSettings(String sql, List<SessionEffect> expected) {
    assertThat(Sql.facts(sql).effects()).isEqualTo(expected);
  }

  static Stream<Arguments> others() {
    return Stream.of(
        row("discard all", new Discard(Discarded.ALL)),
        row("discard temporary", new Discard(Discarded.TEMP)),
        row("prepare P as select 1", prepare("p", "prepare P as select 1", "select 1")),
        row(
            "/* c */ Prepare \"P\" (int, text[]) as select nextval('s') ; ",
            prepare(
                "P",
                "Prepare \"P\" (int, text[]) as select nextval('s') ;",
                "select nextval('s')")),
        row(
            "prepare p as insert into t values ($1)",
            prepare("p", "prepare p as insert into t values ($1)", "insert into t values ($1)")),
        row(
            "prepare p as (select pg_advisory_lock(1))",
            prepare(
                "p", "prepare p as (select pg_advisory_lock(1))", "(select pg_advisory_lock(1))")),
        row("prepare transaction 'x'"),
        row(
            "prepare " + "ä".repeat(40) + " as table t",
            prepare("ä".repeat(31), bytes("prepare " + "ä".repeat(40) + " as table t"), "table t")),
        row(
            "prepare U&\"a\" as select 1",
            new AnyStatement("PREPARE of a name that can't be read", true)),
        row(
            "prepare a as select 1; execute A; deallocate a",
            prepare("a", "prepare a as select 1;", "select 1"),
            new StatementEnd(21),
            new ExecuteStatement("a"),
            new StatementEnd(32),
            new Deallocate("a")),
        row("explain (analyze) execute \"P\"\"q\"(1)", new ExecuteStatement("P\"q")),
        row("create table x as execute p(1)", new ExecuteStatement("p")),
        row(
            "create temp table x (a, b) as execute p with no data",
            new ExecuteStatement("p"),
            new TemporaryObject()),
        row("explain analyze create table x as execute p", new ExecuteStatement("p")),
        row("explain create table x as execute p", new ExecuteStatement("p")),
        row("create trigger t after insert on x for each row execute function f()"),
        row("deallocate prepare", new Deallocate("prepare")),
        row("deallocate \"all\"", new Deallocate("all")),
        row("deallocate prepare all", new Deallocate(null)),
        row("execute U&\"a\"", new AnyStatement("EXECUTE of a name that can't be read", false)),
        row("do $$begin perform 1; end$$"),
        row("do $$begin execute 'x'; end$$", new AnyStatement("EXECUTE in a DO block", false)),
        row(
            "do $$begin execute 'Prepare x as select 1'; end$$",
            new AnyStatement("prepared statements in a DO block", true)),
        row("execute p(1, now())", new ExecuteStatement("p")),
        row(
            "select name from PG_prepared_statements p",
            new AnyStatement("pg_prepared_statements", false)),
        row(
            "select 1 from pg_catalog.pg_prepared_statements",
            new AnyStatement("pg_prepared_statements", false)),
        row("select 'pg_prepared_statements'"),
        row("select plan(' Execute p(1)')", new AnyStatement("EXECUTE in a string", false)),
        row("select plan($x$execute p$x$)", new AnyStatement("EXECUTE in a string", false)),
        row("select plan(E'execute\\tp')"),
        row("select 'executed p', 'execute', 'not execute p', '', '  ', $$$$, 'ä'"),
        row("explain execute p", new ExecuteStatement("p")),
        row("deallocate prepare p", new Deallocate("p")),
        row("deallocate all", new Deallocate(null)),
        row("listen X", new Listen("x")),
        row("listen \"Big \"\"one\"\"\"", new Listen("Big \"one\"")),
        row("listen " + "n".repeat(64), new Listen("n".repeat(63))),
        row("listen \"" + "é".repeat(32) + "\"", new Listen("é".repeat(31))),
        row("unlisten " + "N".repeat(70), new Unlisten("n".repeat(63))),
        row("unlisten x", new Unlisten("x")),
        row("unlisten *", new Unlisten(null)),
        row("notify x", new SessionEffect.Notify()),
        row("select pg_notify('x', '')", new SessionEffect.Notify()),
        row("select * from pg_listening_channels()", new SessionEffect.ChannelsAsked()),
        row("declare c cursor with hold for select 1", new HoldCursor("c")),
        row("declare c cursor for select 1"),
        row("declare c cursor without hold for select 1"),
        row("close c", new CloseCursor("c")),
        row("close all", new CloseCursor(null)),
        row("create temp table x (a int)", new TemporaryObject()),
        row("create or replace local temporary view x as select 1", new TemporaryObject()),
        row("create temp table x (a int) on commit drop"),
        row("create table pg_temp.x (a int)", new TemporaryObject()),
        row("create table x (temp int)"),
        row("select 1 into temp x", new TemporaryObject()),
        row("select pg_advisory_lock(1)", new AdvisoryLock("pg_advisory_lock")),
        row(
            "insert into t select pg_try_advisory_lock(1)",
            new AdvisoryLock("pg_try_advisory_lock")),
        row("select pg_advisory_xact_lock(1)"),
        row("select pg_advisory_unlock(1)", new AdvisoryUnlock(false)),
        row("select pg_advisory_unlock_all()", new AdvisoryUnlock(true)),
        row("explain select pg_advisory_lock(1)"),
        row("explain analyze select pg_advisory_lock(1)", new AdvisoryLock("pg_advisory_lock")),
        row("load 'x'", new Load()),
        row("select nextval('s')", new SequenceUse("nextval")),
        row("select setseed(0)", new RandomSeed()),
        row(
            "set a.b = 1; prepare p as select 1; select 2",
            set("a.b", "1"),
            new StatementEnd(11),
            prepare("p", "prepare p as select 1;", "select 1")),
        row("savepoint S", new Savepoint("s")),
        row("savepoint savepoint", new Savepoint("savepoint")),
        row("release s", new ReleaseSavepoint("s")),
        row("release savepoint \"S\"", new ReleaseSavepoint("S")),
        row("release savepoint", new ReleaseSavepoint("savepoint")),
        row("rollback to s", new RollbackToSavepoint("s")),
        row("rollback work to savepoint s", new RollbackToSavepoint("s")),
        row("rollback transaction to savepoint", new RollbackToSavepoint("savepoint")),
        row("abort to s"),
        row("begin; insert into t values (1); commit"),
        row(
            "begin; select 1;; set a.b = 1",
            new StatementEnd(5),
            new StatementEnd(15),
            set("a.b", "1")),
        row(
            "select 1; reset a.b ; select 2; select 3",
            new StatementEnd(8),
            new SessionEffect.ResetParameter("a.b"),
            new StatementEnd(20)),
        row("select 1; reset a.b", new StatementEnd(8), new SessionEffect.ResetParameter("a.b")),
        row("drop table t", new Drop()),
        row("drop database Some", new Drop(), change("DROP", "some", null)),
        row(
            "drop database if exists \"Some\" with (force)",
            new Drop(),
            change("DROP", "Some", null)),
        row("drop database if", new Drop(), change("DROP", "if", null)),
        row("drop database u&\"d\\0061t\\+000061\"", new Drop(), change("DROP", "data", null)),
        row("drop database u&\"d!0061!!\" uescape '!'", new Drop(), change("DROP", "da!", null)),
        row("drop database u&\"\\00zz\"", new Drop()),
        row("drop database \"u&\"\"a\"\"\"", new Drop(), change("DROP", "u&\"a\"", null)),
        row("drop database", new Drop()),
        row("alter database a rename to b", change("ALTER", "a", "b")),
        row("alter database rename rename to \"B\"", change("ALTER", "rename", "B")),
        row("alter database a set tablespace t", change("ALTER", "a", null)),
        row("alter database a set work_mem = 1"),
        row("alter database a owner to b"),
        row("create database a", change("CREATE", "template1", "a")),
        row("create database a template b", change("CREATE", "b", "a")),
        row("create database a with template = 'B' owner c", change("CREATE", "B", "a")),
        row("create database a owner = c template = \"B\"", change("CREATE", "B", "a")),
        row("create database a template default", change("CREATE", "template1", "a")),
        row("create table database (template int)"),
        row(
            "alter database a rename to b; alter database c rename to d",
            change("ALTER", "a", "b"),
            new StatementEnd(28),
            change("ALTER", "c", "d")));
  }

  @ParameterizedTest
  @MethodSource("others")
  void tellsWhatStaysInTheSession(String sql, List<SessionEffect> expected) {
    assertThat(Sql.facts(sql).effects()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "false | listen x",
        "true  | create temp table x (a int)",
        "true  | select pg_advisory_lock(1)",
        "true  | declare c cursor with hold for select 1",
        "true  | load 'x'",
        "true  | select setseed(0)",
        "false | select set_config('a.b', $1, false)",
        "false | set a.b = 1",
        "false | select nextval('s')",
        "false | discard all",
        "false | prepare p as select 1",
        "false | execute p",
        "true  | prepare U&\"p\" as select 1",
        "false | deallocate all",
      })
  void pinsWhatCannotBeMadeElsewhere(boolean pins, String sql) {
    assertThat(Sql.facts(sql).effects()).isNotEmpty().allMatch(e -> e.pins() == pins);
  }

  @Test
  void keepsValuesThatAreNotUtf8OutOfReplay() {
    byte[] sql = {'s', 'e', 't', ' ', 'a', '.', 'b', '=', '\'', (byte) 0xe4, '\''};
    assertThat(Sql.facts(sql, true).effects())
        .containsExactly(new UnknownSetting("SET a.b", "a.b"));
  }
}
