package io.howdah.route.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.Reason;
import io.howdah.route.fact.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one server has of itself is asked of the primary, unless a comment says otherwise. */
class NodeStateTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select gid from pg_prepared_xacts",
        "SELECT * FROM pg_catalog.pg_locks l JOIN pg_class c ON c.oid = l.relation",
        "select count(*) from \"pg_stat_activity\"",
        "select * from PG_Stat_User_Tables",
        "select * from pg_statio_user_tables",
        "select query from pg_stat_statements",
        "select * from pg_stat_progress_vacuum",
        "with l as (select * from pg_locks) select * from l",
        "select exists (select 1 from pg_replication_slots)",
        "select last_value from pg_sequences where sequencename = 's'"
      })
  void isAskedOfThePrimary(String sql) {
    assertThat(Sql.facts(sql).reason()).isEqualTo(Reason.NODE_STATE);
    assertThat(Sql.facts(sql).target()).isEqualTo(Target.PRIMARY);
    assertThat(Sql.facts("/* howdah: replica */ " + sql).target()).isEqualTo(Target.REPLICA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from pg_stats",
        "select * from pg_statistic_ext",
        "select * from pg_class",
        "select * from pg_settings",
        "select 'pg_locks'",
        "select * from pg_stat_wal_receiver",
        "select pg_stat_get_db_xact_commit(1)",
        "select * from pg_stat_get_activity(null)",
        "select \"PG_LOCKS\" from t"
      })
  void elseAReplicaMayAnswer(String sql) {
    assertThat(Sql.facts(sql).target()).isEqualTo(Target.REPLICA);
  }
}
