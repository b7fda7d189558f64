package io.howdah.route.body;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.function.SessionUse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bodies of functions tell of what they do to the session. */
class RoutineBodyTest {
  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      textBlock =
          """
          nothing                  => SELECT 1                                                            => NONE    =>
          the commonest statement  => BEGIN UPDATE t SET x = 1 WHERE id = i; RETURN 1; END                => NONE    =>
          an upsert                => INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b = 3 => NONE =>
          a branch of it           => BEGIN IF a THEN UPDATE t SET x = 1; ELSE DELETE FROM t; END IF; END => NONE    =>
          SET                      => BEGIN SET work_mem = '7MB'; END                                     => CERTAIN => SET work_mem
          SET SESSION              => BEGIN SET SESSION app.x = '7'; END                                  => CERTAIN => SET app
          in a branch              => BEGIN IF a THEN SET work_mem = '7MB'; END IF; END                   => CERTAIN => SET work_mem
          in the other branch      => BEGIN IF a THEN NULL; ELSE SET ROLE x; END IF; END                  => CERTAIN => SET role
          in a loop                => BEGIN FOR i IN 1..3 LOOP SET ROLE x; END LOOP; END                  => CERTAIN => SET role
          behind a comment         => BEGIN /* now */ -- it is time ` BEGIN SET work_mem = '7MB'; END     => NONE    =>
          SET LOCAL                => BEGIN SET LOCAL work_mem = '7MB'; SET TRANSACTION READ ONLY; END    => NONE    =>
          SET CONSTRAINTS          => BEGIN SET CONSTRAINTS ALL DEFERRED; END                             => NONE    =>
          a variable of that name  => DECLARE load int; BEGIN load := 1; set := 2; END                    => NONE    =>
          RESET                    => BEGIN RESET ALL; END                                                => CERTAIN => RESET
          DISCARD                  => BEGIN DISCARD TEMP; END                                             => CERTAIN => DISCARD
          LISTEN                   => LISTEN c                                                            => CERTAIN => LISTEN
          NOTIFY                   => BEGIN NOTIFY c; PERFORM pg_notify('c', ''); END                     => NONE    =>
          PREPARE                  => PREPARE p AS SELECT 1                                               => CERTAIN => PREPARE
          a library                => BEGIN LOAD 'auto_explain'; END                                      => UNSEEN  => LOAD
          a seed                   => SELECT setseed(0.5)                                                 => UNSEEN  => setseed
          set_config               => BEGIN PERFORM set_config('app.tenant', t, false); END               => CERTAIN => set_config of app.tenant
          qualified                => BEGIN PERFORM pg_catalog.set_config('app.tenant', t, false); END    => CERTAIN => set_config of app.tenant
          for the transaction      => BEGIN PERFORM set_config('app.tenant', t, true); END                => NONE    =>
          perhaps for it           => SELECT set_config('app.tenant', $1, $2)                             => CERTAIN => set_config of app.tenant
          of any name              => SELECT set_config($1, $2, false)                                    => UNSEEN  => set_config of a name that can't be told
          of a name put together   => SELECT set_config('app.' || $1, $2, false)                          => UNSEEN  => set_config of a name that can't be told
          in an expression         => BEGIN x := coalesce(set_config('app.a', 'b', false), ''); END       => CERTAIN => set_config of app.a
          in a string              => SELECT 'set_config(a, b, false)'                                    => NONE    =>
          in a comment             => SELECT 1 -- pg_advisory_lock(1)                                     => NONE    =>
          of another schema        => SELECT mine.set_config('app.a', 'b', false)                         => NONE    =>
          a lock                   => BEGIN PERFORM pg_advisory_lock(1); END                              => CERTAIN => pg_advisory_lock
          a lock of the transaction => SELECT pg_advisory_xact_lock(1), pg_try_advisory_xact_lock(2)      => NONE    =>
          a temporary table        => BEGIN CREATE TEMP TABLE x (i int); END                              => CERTAIN => a temporary object
          or view                  => BEGIN CREATE OR REPLACE TEMPORARY VIEW x AS SELECT 1; END           => CERTAIN => a temporary object
          in its schema            => BEGIN CREATE TABLE pg_temp.x (i int); END                           => CERTAIN => pg_temp
          dropped on commit        => BEGIN CREATE TEMP TABLE x (i int) ON COMMIT DROP; END               => NONE    =>
          by SELECT INTO           => SELECT 1 AS i INTO TEMP x                                           => CERTAIN => a temporary object
          a held cursor            => DECLARE c CURSOR WITH HOLD FOR SELECT 1                             => CERTAIN => WITH HOLD
          a query of that name     => WITH hold AS (SELECT 1) SELECT * FROM hold                          => NONE    =>
          DO                       => BEGIN DO 'BEGIN NULL; END'; END                                     => PERHAPS => DO
          text run by a function   => SELECT query_to_xml($1, true, true, '')                             => PERHAPS => query_to_xml
          EXECUTE                  => BEGIN EXECUTE sql; END                                              => PERHAPS => EXECUTE
          of a query               => BEGIN RETURN QUERY EXECUTE sql; END                                 => PERHAPS => EXECUTE
          in a loop over it        => BEGIN FOR r IN EXECUTE sql LOOP NULL; END LOOP; END                 => PERHAPS => EXECUTE
          in a cursor              => BEGIN OPEN c FOR EXECUTE sql; END                                   => PERHAPS => EXECUTE
          the right to do so       => BEGIN GRANT EXECUTE ON FUNCTION f(int) TO x; END                    => NONE    =>
          in CREATE TRIGGER        => CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION f()             => NONE    =>
          a constant               => BEGIN EXECUTE 'SELECT 1'; END                                       => NONE    =>
          that sets                => BEGIN EXECUTE 'SET work_mem = ''7MB'''; END                         => CERTAIN => SET work_mem
          quoted parts             => BEGIN EXECUTE 'DELETE FROM ' || quote_ident(t) || ' WHERE a = ' || quote_literal(b) USING c; END => NONE =>
          and others               => BEGIN EXECUTE 'DELETE FROM ' || t; END                              => PERHAPS => EXECUTE
          a template               => BEGIN EXECUTE format('INSERT INTO %I.%I (a) VALUES ($1.a, %L)', s, t, v) USING NEW; RETURN NULL; END => NONE =>
          a template with text     => BEGIN EXECUTE format('INSERT INTO t %s', x); END                    => PERHAPS => EXECUTE
          a template that sets     => BEGIN EXECUTE format('SET ROLE %I', x); END                         => CERTAIN => SET role
          a template put together  => BEGIN EXECUTE format('SET ROLE ' || x, y); END                      => PERHAPS => EXECUTE
          a call of any function   => BEGIN EXECUTE format('SELECT %I(1)', f); END                        => PERHAPS => EXECUTE of a call
          a partition              => BEGIN EXECUTE format('CREATE TABLE %I (LIKE t)', p); END            => NONE    =>
          not SQL                  => SELECT 'a                                                           => PERHAPS => its body can't be read
          parsed                   => BEGIN ATOMIC SELECT set_config('a.b'::text, 'c'::text, false); END  => CERTAIN => set_config of a.b
          """)
  void tells(String what, String body, SessionUse use, String why) {
    RoutineBody read = RoutineBody.read(body);
    assertThat(read.use()).as(what).isEqualTo(use);
    assertThat(read.why()).as(what).isEqualTo(why);
  }

  @Test
  void namesWhatItCalls() {
    RoutineBody body =
        RoutineBody.read(
            "BEGIN PERFORM Login(1); x := audit.\"Log\"(y, lower('a')); INSERT INTO t (a) VALUES (1);"
                + " EXECUTE 'SELECT inner_one()'; END");
    assertThat(body.calls())
        .containsExactlyInAnyOrder(
            "login", RoutineBody.called("audit", "Log"), "lower", "inner_one");
  }

  @Test
  void namesTheParametersThatNoCatalogHas() {
    RoutineBody body =
        RoutineBody.read(
            "BEGIN SET App.Tenant = 'x'; PERFORM set_config('app.user', u, false);"
                + " PERFORM set_config('work_mem', m, false); EXECUTE 'SET app.deep TO 1'; END");
    assertThat(body.parameters()).containsExactlyInAnyOrder("app.tenant", "app.user", "app.deep");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          internal   ,           , f                  , lower                       , false , NONE
          internal   ,           , f                  , set_config_by_name          , false , UNSEEN
          internal   ,           , f                  , pg_advisory_lock_int8       , false , CERTAIN
          internal   ,           , f                  , pg_advisory_xact_lock_int8  , false , NONE
          c          , uuid-ossp , uuid_generate_v4   , uuid_generate_v4            , false , NONE
          c          , postgis   , st_asmvt           , x                           , false , NONE
          c          , dblink    , dblink             , dblink_record               , false , NONE
          c          , dblink    , dblink_connect     , dblink_connect              , false , UNSEEN
          c          , pg_trgm   , set_limit          , set_limit                   , false , PERHAPS
          c          , pg_trgm   , similarity         , similarity                  , true  , NONE
          c          , tablefunc , crosstab           , crosstab                    , false , PERHAPS
          c          ,           , f                  , f                           , false , PERHAPS
          c          ,           , f                  , f                           , true  , NONE
          plpython3u ,           , f                  ,                             , false , PERHAPS
          plpython3u ,           , f                  ,                             , true  , NONE
          """)
  void ofOtherLanguages(
      String language,
      String extension,
      String name,
      String symbol,
      boolean immutable,
      SessionUse use) {
    assertThat(RoutineBody.isReadable(language)).isFalse();
    assertThat(RoutineBody.opaque(language, extension, name, symbol, immutable).use())
        .isEqualTo(use);
  }
}
