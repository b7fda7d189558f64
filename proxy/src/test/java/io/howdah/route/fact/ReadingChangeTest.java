package io.howdah.route.fact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.classify.Classifier;
import io.howdah.route.function.BuiltinFunctions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadingChangeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          SELECT 1                                                | NONE
          SET work_mem = '1MB'                                    | NONE
          INSERT INTO t VALUES (1)                                | NONE
          COMMIT                                                  | NONE
          SET search_path = a                                     | PATH
          SET LOCAL search_path = a                               | PATH
          SET ROLE a                                              | PATH
          RESET search_path                                       | PATH
          SET standard_conforming_strings = off                   | QUOTES
          SET U&"standard\\005fconforming_strings" = off          | QUOTES
          SET LOCAL standard_conforming_strings = U&'off'         | QUOTES
          SET NAMES 'SJIS'                                        | QUOTES
          SET backslash_quote = on                                | QUOTES
          SELECT set_config('client_encoding', 'SJIS', true)      | QUOTES
          SELECT set_config('search_path', x, true) FROM t        | PATH
          SELECT set_config(x, y, false) FROM t                   | QUOTES
          SELECT set_config('work_mem', x, false) FROM t          | NONE
          UPDATE pg_settings SET setting = 'off'                  | QUOTES
          RESET ALL                                               | QUOTES
          DISCARD ALL                                             | QUOTES
          DISCARD TEMP                                            | NONE
          DO $$ BEGIN END $$                                      | QUOTES
          CALL p()                                                | QUOTES
          SELECT nobody_knows()                                   | QUOTES
          SELECT 'not ended                                       | QUOTES
          PREPARE p AS SELECT set_config('role', $1, false)       | NONE
          PREPARE p AS SELECT nobody_knows(); EXECUTE p           | QUOTES
          BEGIN; SET search_path = a; COMMIT                      | PATH
          """)
  void isToldByWhatATextDoes(String sql, ReadingChange change) {
    byte[] text = sql.getBytes(UTF_8);
    Facts facts =
        new Classifier(BuiltinFunctions.INSTANCE, 1 << 20).classify(text, 0, text.length, true);
    assertThat(ReadingChange.of(facts)).isEqualTo(change);
  }
}
