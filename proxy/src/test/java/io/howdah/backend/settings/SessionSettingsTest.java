package io.howdah.backend.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionSettingsTest {
  private static SessionSettings settings(String text) {
    Map<String, String> values = new TreeMap<>();
    if (text != null) {
      for (String pair : text.split(";")) {
        int eq = pair.indexOf('=');
        values.put(pair.substring(0, eq).trim(), pair.substring(eq + 1));
      }
    }
    return SessionSettings.of(values);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # has now    | shall have  | the SQL
                       |             | ``
          a=1          | a=1         | ``
                       | a=1         | SELECT pg_catalog.set_config( E'a', E'1',false) IS NULL
          a=1          | a=2         | SELECT pg_catalog.set_config( E'a', E'2',false) IS NULL
                       | a=1;b=2     | SELECT pg_catalog.set_config( E'a', E'1',false) IS NULL,pg_catalog.set_config( E'b', E'2',false) IS NULL
          a=1          |             | RESET "a";
          a=1;b=2      | b=3         | RESET "a";SELECT pg_catalog.set_config( E'b', E'3',false) IS NULL
          my.par=1     |             | RESET "my"."par";
          a=1;role=r   | a=2;role=r  | RESET "role";SELECT pg_catalog.set_config( E'a', E'2',false) IS NULL,pg_catalog.set_config( E'role', E'r',false) IS NULL
                       | role=r;session_authorization=u;t=1 | SELECT pg_catalog.set_config( E't', E'1',false) IS NULL,pg_catalog.set_config( E'session_authorization', E'u',false) IS NULL,pg_catalog.set_config( E'role', E'r',false) IS NULL
          role=r;session_authorization=u | | RESET "session_authorization";RESET "role";
          role=r       | role=r      | ``
          datestyle=german | datestyle=ymd | SELECT pg_catalog.set_config( E'datestyle', E'YMD, default',false) IS NULL
          q"x=1        |             | RESET "q""x";
                       | a=          | SELECT pg_catalog.set_config( E'a', E'',false) IS NULL
                       | a=o'b\\     | SELECT pg_catalog.set_config( E'a', E'o''b\\\\',false) IS NULL
          """)
  void theDifferenceAsSql(String now, String wanted, String sql) {
    assertThat(settings(wanted).sqlFrom(settings(now))).isEqualTo(sql);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # knows there | a.b there | known here | set here | the SQL
                        |           | a.b        |          | RESET "a"."b";
          a.b           |           | a.b        |          | ``
          a.b           |           |            |          | ``
                        | a.b=1     | a.b        |          | RESET "a"."b";
          a.c           | a.b=1     | a.b        | a.b=1    | ``
                        | a.b=1     | a.c        | a.b=2    | RESET "a"."c";SELECT pg_catalog.set_config( E'a.b', E'2',false) IS NULL
          work_mem      |           | work_mem   |          | ``
          """)
  void aParameterOfOnesOwnHasComeToBe(
      String thereKnown, String there, String hereKnown, String here, String sql) {
    SessionSettings now = withPlaceholder(settings(there), thereKnown);
    SessionSettings wanted = withPlaceholder(settings(here), hereKnown);
    assertThat(wanted.sqlFrom(now)).isEqualTo(sql);
    assertThat(now.satisfies(wanted)).isEqualTo(sql.isEmpty());
    assertThat(wanted.withPlaceholder(now).satisfies(wanted)).isTrue();
  }

  private static SessionSettings withPlaceholder(SessionSettings settings, String name) {
    return name == null ? settings : settings.withPlaceholder(name);
  }

  @Test
  void anOwnParameterStaysWithoutItsValue() {
    SessionSettings gone = SessionSettings.NONE.with("a.b", "1").without("a.b");
    assertThat(gone).isNotEqualTo(SessionSettings.NONE).hasToString("{}");
    assertThat(gone.customNames()).containsExactly("a.b");
    assertThat(gone.with("a.b", "1").customNames()).containsExactly("a.b");
    assertThat(gone.withPlaceholder("a.b")).isSameAs(gone);
    assertThat(SessionSettings.NONE.with("a", "1").without("a")).isSameAs(SessionSettings.NONE);
    SessionSettings many = gone;
    for (int i = 0; i <= SessionSettings.MOST_EMPTY; i++) {
      many = many.withPlaceholder("a." + i);
    }
    assertThat(many.customNames()).hasSize(SessionSettings.MOST_EMPTY);
  }

  @Test
  void aValueCanNotEndItsString() {
    assertThat(SessionSettings.NONE.with("b", "\\';DROP TABLE x;--").sqlFrom(SessionSettings.NONE))
        .isEqualTo("SELECT pg_catalog.set_config( E'b', E'\\\\'';DROP TABLE x;--',false) IS NULL");
  }

  @Test
  void equalByValueAndNeverChanged() {
    SessionSettings one = settings("a=1");
    assertThat(one.with("a", "1")).isSameAs(one);
    assertThat(one.without("b")).isSameAs(one);
    assertThat(one.with("b", "2").without("b")).isEqualTo(one).hasSameHashCodeAs(one);
    assertThat(one.without("a")).isSameAs(SessionSettings.NONE);
    assertThat(one.with("a", "2")).isNotEqualTo(one);
    assertThat(one.values()).containsExactly(Map.entry("a", "1"));
  }
}
