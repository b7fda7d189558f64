package io.howdah.backend.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DateStyleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # was             | set to                | is
                            | iso                   | ISO, default
                            | ymd                   | YMD, default
                            | ISO, YMD              | ISO, YMD
                            | dmy, sql              | SQL, DMY
          Postgres, MDY     | iso                   | ISO, MDY
          ISO, MDY          | ymd                   | ISO, YMD
          YMD, default      | SQL                   | SQL, YMD
          SQL, default      | European              | SQL, DMY
          SQL, DMY          | us                    | SQL, MDY
          SQL, DMY          | NonEuropean           | SQL, MDY
          ISO, YMD          | German                | German, DMY
          ISO, MDY          | German, YMD           | German, YMD
          SQL, DMY          | PostgreSQL            | Postgres, DMY
          SQL, DMY          | default               | default
          SQL, DMY          | iso, default          | ISO, default
          SQL, DMY          | "iso", " ymd"         | ISO, YMD
          SQL, DMY          | stardate              | stardate
          """)
  void whatIsSetBuildsOnWhatWas(String was, String setTo, String is) {
    assertThat(DateStyle.over(was, setTo)).isEqualTo(is);
  }

  @Test
  void settingsKeepTheWholeValue() {
    SessionSettings startup = SessionSettings.of(Map.of("datestyle", "ymd"));
    assertThat(startup.values()).containsEntry("datestyle", "YMD, default");
    assertThat(startup.with("datestyle", "sql").values()).containsEntry("datestyle", "SQL, YMD");
  }

  @Test
  void whatAnotherSessionSetIsNotBuiltOn() {
    SessionSettings wanted = SessionSettings.of(Map.of("datestyle", "ymd"));
    SessionSettings there = SessionSettings.of(Map.of("datestyle", "SQL, DMY"));
    assertThat(wanted.sqlFrom(there))
        .isEqualTo("SELECT pg_catalog.set_config( E'datestyle', E'YMD, default',false) IS NULL");
  }
}
