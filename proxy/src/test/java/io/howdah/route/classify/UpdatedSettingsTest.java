package io.howdah.route.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.SessionEffect.CatalogSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To update pg_settings is to SET. */
class UpdatedSettingsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "update pg_settings set setting = 'x' where name = 'timezone'",
        "UPDATE ONLY pg_catalog.\"pg_settings\" AS s SET setting = $1",
        "UPDATE Pg_Settings * SET setting = 'x'",
        "with a as (select 1) update pg_settings set setting = 'x'",
        "with a as (update pg_catalog.pg_settings set setting = 'x') select 1",
        "explain (analyze) update pg_settings set setting = 'x'"
      })
  void isUnknownBehindIt(String sql) {
    assertThat(Sql.facts(sql).effects()).contains(new CatalogSettings("UPDATE pg_settings"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from pg_settings for update",
        "update a set pg_setting = 1",
        "update \"PG_SETTINGS\" set setting = 'x'",
        "select setting from pg_settings; update a set b = 1"
      })
  void elseItIsNone(String sql) {
    assertThat(Sql.facts(sql).effects()).noneMatch(CatalogSettings.class::isInstance);
  }
}
