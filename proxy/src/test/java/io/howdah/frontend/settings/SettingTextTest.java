package io.howdah.frontend.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # parameter        | elements         | text
          search_path        | public           | public
          search_path        | public;s_1       | public, s_1
          search_path        | $user;public     | "$user", public
          search_path        | Mixed            | "Mixed"
          search_path        | 1st              | "1st"
          search_path        | user             | "user"
          search_path        | select;between   | "select", "between"
          search_path        | abort            | abort
          search_path        | o"b              | "o""b"
          search_path        | a, b             | "a, b"
          search_path        | ``               | ""
          datestyle          | ISO;YMD          | ISO, YMD
          work_mem           | 4MB              | 4MB
          a.b                | it's             | it's
          """)
  void asShowTellsIt(String parameter, String elements, String text) {
    assertThat(SettingText.flatten(parameter, List.of(elements.split(";", -1)))).isEqualTo(text);
  }
}
