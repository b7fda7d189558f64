package io.howdah.e2e.hunt;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws statements that change a session, by the routes that SQL has for it. */
final class Routes {
  /** Parameters of the application's own. */
  static final List<String> OWN = List.of("hunt.a", "hunt.b", "hunt.c");

  /** A prepared statement of the protocol's. */
  static final String STATEMENT = "hunt_n";

  /** What the routes need, in every database where they are taken. */
  static final String[] OBJECTS = {
    "CREATE SEQUENCE hunt_seq",
    "CREATE FUNCTION hunt_set(name text, value text, local bool) RETURNS text LANGUAGE plpgsql"
        + " AS 'BEGIN RETURN set_config(name, value, local); END'",
    "CREATE FUNCTION hunt_set_sql(name text, value text) RETURNS text LANGUAGE sql"
        + " AS 'SELECT set_config($1, $2, false)'",
    "CREATE FUNCTION hunt_fixed() RETURNS int LANGUAGE plpgsql"
        + " AS 'BEGIN PERFORM set_config(''hunt.b'', ''fixed'', false); RETURN 1; END'",
    "CREATE FUNCTION hunt_lock() RETURNS int LANGUAGE plpgsql"
        + " AS 'BEGIN PERFORM pg_advisory_lock(41); RETURN 1; END'",
    "CREATE FUNCTION hunt_temp() RETURNS int LANGUAGE plpgsql"
        + " AS 'BEGIN CREATE TEMP TABLE IF NOT EXISTS hunt_by_code (i int); RETURN 1; END'",
    "CREATE PROCEDURE hunt_run(sql text) LANGUAGE plpgsql AS 'BEGIN EXECUTE sql; END'",
    "CREATE TABLE hunt_default (i int DEFAULT hunt_fixed(), t text)",
    "CREATE TABLE hunt_check (i int CHECK (hunt_fixed() = i))",
    "CREATE TABLE hunt_trigger (i int)",
    "CREATE FUNCTION hunt_fires() RETURNS trigger LANGUAGE plpgsql"
        + " AS 'BEGIN PERFORM set_config(''hunt.c'', ''fired'', false); RETURN NEW; END'",
    "CREATE TRIGGER fires BEFORE INSERT ON hunt_trigger FOR EACH ROW EXECUTE FUNCTION hunt_fires()",
    "CREATE DOMAIN hunt_domain AS int CHECK (VALUE < hunt_fixed() + 9)",
    "CREATE VIEW hunt_view AS SELECT hunt_fixed() AS one",
    "CREATE FUNCTION hunt_plus(int, int) RETURNS int LANGUAGE plpgsql"
        + " AS 'BEGIN RETURN $1 + hunt_fixed(); END'",
    "CREATE OPERATOR @+ (LEFTARG = int, RIGHTARG = int, FUNCTION = hunt_plus)",
    "CREATE AGGREGATE hunt_sum (int) (SFUNC = hunt_plus, STYPE = int, INITCOND = '0')",
    "GRANT ALL ON ALL TABLES IN SCHEMA public TO app",
    "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO app",
    "GRANT ALL ON SCHEMA public TO app"
  };

  private static final String[][] SETTINGS = {
    {"work_mem", "3MB", "5MB", "70000", "nonsense"},
    {"search_path", "public", "pg_catalog, public", "\"$user\", public"},
    {"timezone", "UTC", "Asia/Tokyo", "nowhere"},
    {"datestyle", "German", "ISO, DMY"},
    {"statement_timeout", "77s", "99000"},
    {"extra_float_digits", "-3", "1", "2"},
    {"geqo_seed", "0.25", "0.75"},
    {"application_name", "hunter", "two words"},
    {"bytea_output", "escape", "hex"},
    {"hunt.a", "one", "it''s", "-7"},
    {"hunt.b", "007", "x y"},
    {"hunt.c", "Ä", "0x10"}
  };

  /** Kinds of statements. */
  private enum Kind {
    SET,
    SET_CONFIG,
    BOUND,
    CODE,
    ROLE,
    OBJECT,
    LOCK,
    TRANSACTION,
    NAMED
  }

  private final Random random;
  private final Dress dress;

  /** What this client says; of some kinds only, since others keep its server connection. */
  private final List<Kind> palette = new ArrayList<>();

  Routes(Random random) {
    this.random = random;
    this.dress = new Dress(random);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      palette.add(Kind.values()[random.nextInt(Kind.values().length)]);
    }
  }

  /** The next statements of a client. */
  List<Step> draw(int count) {
    List<Step> steps = new ArrayList<>();
    while (steps.size() < count) {
      steps.add(step());
    }
    return steps;
  }

  private Step step() {
    boolean waits = random.nextInt(3) > 0;
    Kind kind = palette.get(random.nextInt(palette.size()));
    if (kind == Kind.BOUND) {
      return bound(waits);
    }
    if (kind == Kind.NAMED && random.nextInt(4) == 0) {
      return new Step(dress.pick("SELECT 2", "SELECT 3"), List.of(), true, waits, STATEMENT);
    }
    if (random.nextInt(10) == 0) {
      StringBuilder sql = new StringBuilder(statement(kind));
      for (int i = random.nextInt(3); i >= 0; i--) {
        sql.append(';').append(dress.gap()).append(statement(kind));
      }
      return new Step(sql.toString(), List.of(), false, waits);
    }
    return new Step(statement(kind), List.of(), random.nextInt(3) == 0, waits);
  }

  private Step bound(boolean waits) {
    String[] setting = setting();
    String value = value(setting);
    return switch (random.nextInt(4)) {
      case 0 ->
          new Step("SELECT set_config($1, $2, false)", List.of(setting[0], value), true, waits);
      case 1 ->
          new Step(
              "SELECT set_config($1, $2, $3)",
              List.of(setting[0], value, dress.pick("f", "t", "false", "on")),
              true,
              waits);
      case 2 ->
          new Step(
              "SELECT set_config(" + dress.text(setting[0]) + ", $1, false)",
              List.of(value),
              true,
              waits);
      default ->
          new Step(
              "UPDATE pg_settings SET setting = $1 WHERE name = $2",
              List.of(value, setting[0]),
              true,
              waits);
    };
  }

  private String[] setting() {
    return SETTINGS[random.nextInt(SETTINGS.length)];
  }

  private String value(String[] setting) {
    return setting[1 + random.nextInt(setting.length - 1)];
  }

  private String statement(Kind kind) {
    return switch (kind) {
      case SET, BOUND -> set();
      case SET_CONFIG -> setConfig();
      case CODE -> byCode();
      case ROLE -> role();
      case OBJECT -> object();
      case LOCK -> lock();
      case TRANSACTION -> transaction();
      case NAMED -> named();
    };
  }

  private String set() {
    String[] setting = setting();
    String name = setting[0];
    String value = Dress.quoted(value(setting));
    if (name.equals("search_path")) {
      value = dress.pick("public", "pg_catalog, public", "DEFAULT");
    }
    String set = dress.word("SET") + dress.gap();
    return switch (random.nextInt(9)) {
      case 0 -> set + "SESSION" + dress.gap() + name + " TO " + value;
      case 1 -> set + "LOCAL" + dress.gap() + name + dress.pick(" = ", "=") + value;
      case 2 -> dress.word("RESET") + dress.gap() + name;
      case 3 -> set + name + " TO DEFAULT";
      case 4 -> set + dress.pick("extra_float_digits=-3", "extra_float_digits=+1", "hunt.a=-7");
      case 5 ->
          dress.pick("RESET ALL", "SET TIME ZONE 'UTC'", "SET TIME ZONE LOCAL", "SET NAMES 'UTF8'");
      default -> set + name + dress.pick(" = ", "=", " TO ") + value;
    };
  }

  private String setConfig() {
    String[] setting = setting();
    String name = setting[0];
    String value = value(setting);
    String call =
        dress.pick("set_config", "pg_catalog.set_config", "pg_catalog . set_config", "SET_CONFIG");
    String local = dress.pick("false", "true", "'f'", "FALSE", "not true");
    String written =
        call
            + "("
            + (random.nextInt(4) == 0 ? dress.computed(name) : dress.text(name))
            + ","
            + dress.gap()
            + (random.nextInt(4) == 0 ? dress.computed(value) : dress.text(value))
            + ", "
            + local
            + ")";
    return switch (random.nextInt(9)) {
      case 0 ->
          "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT " + written;
      case 1 ->
          "SELECT "
              + call
              + "(n, v, false) FROM (VALUES ("
              + Dress.quoted(name)
              + ", "
              + Dress.quoted(value)
              + ")) s (n, v)";
      case 2 -> "WITH s AS MATERIALIZED (SELECT " + written + " AS x) SELECT x FROM s";
      case 3 -> "SELECT CASE WHEN true THEN " + written + " END";
      case 4 ->
          "UPDATE "
              + dress.pick("pg_settings", "pg_catalog.pg_settings")
              + " SET setting = "
              + dress.text(value)
              + " WHERE name = "
              + dress.text(name);
      case 5 ->
          "PREPARE hunt_p (text) AS SELECT set_config("
              + Dress.quoted(name)
              + ", $1, false); EXECUTE hunt_p("
              + Dress.quoted(value)
              + "); DEALLOCATE hunt_p";
      default -> "SELECT " + written;
    };
  }

  private String byCode() {
    String[] setting = setting();
    String name = Dress.quoted(setting[0]);
    String value = Dress.quoted(value(setting));
    return switch (random.nextInt(12)) {
      case 0 -> "SELECT hunt_set(" + name + ", " + value + ", false)";
      case 1 -> "SELECT hunt_set(" + name + ", " + value + ", true)";
      case 2 -> "SELECT hunt_set_sql(" + name + ", " + value + ")";
      case 3 -> "DO $x$BEGIN PERFORM set_config(" + name + ", " + value + ", false); END$x$";
      case 4 -> "CALL hunt_run($x$SELECT set_config(" + name + ", " + value + ", false)$x$)";
      case 5 -> "INSERT INTO hunt_default (t) VALUES ('x')";
      case 6 -> "INSERT INTO hunt_check VALUES (1)";
      case 7 -> "INSERT INTO hunt_trigger VALUES (1)";
      case 8 -> "SELECT 3::hunt_domain";
      case 9 -> "SELECT one FROM hunt_view";
      case 10 -> "SELECT 1 @+ 2";
      default -> "SELECT hunt_sum(i) FROM (VALUES (1), (2)) t (i)";
    };
  }

  private String role() {
    return dress.pick(
        "SET ROLE hunted",
        "SET ROLE 'hunted'",
        "SET ROLE NONE",
        "RESET ROLE",
        "SET SESSION AUTHORIZATION app",
        "SET SESSION AUTHORIZATION DEFAULT",
        "SELECT set_config('role', 'hunted', false)",
        "SET LOCAL ROLE hunted",
        "DO 'BEGIN SET ROLE hunted; END'",
        "SET ROLE nobody_at_all");
  }

  private String object() {
    String name = dress.name("hunt_tmp");
    return switch (random.nextInt(14)) {
      case 0 -> "CREATE TEMP TABLE " + name + " (i int)";
      case 1 -> "CREATE TABLE pg_temp." + name + " (i int)";
      case 2 -> "SELECT 1 AS i INTO TEMP " + name;
      case 3 -> "SELECT 1 AS i INTO pg_temp." + name;
      case 4 -> "CREATE TEMP VIEW hunt_tmp_view AS SELECT 1 AS i";
      case 5 -> "CREATE TEMP SEQUENCE hunt_tmp_seq";
      case 6 -> "CREATE FUNCTION pg_temp.hunt_f() RETURNS int LANGUAGE sql AS 'SELECT 1'";
      case 7 -> "CREATE TYPE pg_temp.hunt_type AS (i int)";
      case 8 -> "SELECT hunt_temp()";
      case 9 -> "CREATE TEMP TABLE hunt_brief (i int) ON COMMIT DROP";
      case 10, 11 -> "DROP TABLE IF EXISTS " + name;
      case 12 -> "DISCARD " + dress.pick("TEMP", "TEMPORARY", "ALL", "PLANS", "SEQUENCES");
      default -> "DO 'BEGIN CREATE TEMP TABLE hunt_tmp (i int); END'";
    };
  }

  private String lock() {
    return dress.pick(
        "SELECT pg_advisory_lock(7)",
        "SELECT pg_try_advisory_lock(8)",
        "SELECT pg_advisory_lock_shared(9)",
        "SELECT pg_advisory_xact_lock(10)",
        "SELECT hunt_lock()",
        "SELECT pg_advisory_unlock(7)",
        "SELECT pg_advisory_unlock(8)",
        "SELECT pg_advisory_unlock_all()",
        "SELECT pg_advisory_unlock_all()",
        "DO 'BEGIN PERFORM pg_advisory_lock(12); END'");
  }

  private String transaction() {
    return dress.pick(
        "BEGIN",
        "START TRANSACTION",
        "BEGIN READ ONLY",
        "COMMIT",
        "COMMIT",
        "END",
        "ROLLBACK",
        "ABORT",
        "SAVEPOINT s",
        "ROLLBACK TO s",
        "RELEASE s",
        "COMMIT AND CHAIN",
        "SELECT 1/0",
        "SELEC");
  }

  /** What has a name in the session. */
  private String named() {
    return switch (random.nextInt(10)) {
      case 0 -> "PREPARE " + dress.name("hunt_s") + " AS SELECT 1";
      case 1 -> "EXECUTE " + dress.name("hunt_s");
      case 2 -> "DEALLOCATE " + dress.pick("hunt_s", "ALL", "PREPARE hunt_s");
      case 3 -> "DECLARE hunt_c CURSOR WITH HOLD FOR SELECT 1";
      case 4 -> "CLOSE " + dress.pick("hunt_c", "ALL");
      case 5 -> "LISTEN " + dress.name("hunt_channel");
      case 6 -> "UNLISTEN " + dress.pick("*", "hunt_channel");
      case 7 -> "SELECT nextval('hunt_seq') > 0";
      case 8 -> "SELECT setval('hunt_seq', 500)";
      default -> "SELECT 1";
    };
  }
}
