package io.howdah.frontend.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.Facts;
import io.howdah.route.function.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows a statement that leads back to the start of the session. */
class StartupValuesTest {
  private final StartupValues values =
      new StartupValues(
          SessionSettings.of(
              Map.of(
                  "work_mem", "5MB",
                  "search_path", "a,b",
                  "app.x", "it's",
                  "role", "bob",
                  "temp_tablespaces", "one, two")));

  private static Facts facts(String sql) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    return new Classifier((_, _) -> Verdict.SETTING, 10_000).classify(bytes, 0, bytes.length, true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RESET work_mem                          | SET "work_mem" TO E'5MB'
          SET work_mem TO DEFAULT                 | SET "work_mem" TO E'5MB'
          SET LOCAL work_mem = DEFAULT            | SET LOCAL "work_mem" TO E'5MB'
          RESET App.X                             | SET "app"."x" TO E'it''s'
          RESET search_path                       | SELECT pg_catalog.set_config( E'search_path', E'a,b',false)
          RESET temp_tablespaces                  | SET "temp_tablespaces" TO E'one', E'two'
          RESET timezone                          | ``
          SET work_mem = 1                        | ``
          RESET ROLE                              | SET "role" TO E'bob'
          SET ROLE NONE                           | ``
          SET SESSION AUTHORIZATION eve           | ``
          RESET SESSION AUTHORIZATION             | SET "role" TO E'bob'
          SELECT set_config('work_mem','1',true)  | ``
          SELECT set_config('synchronous_commit', $1, true) | ``
          RESET ALL   | SET "app"."x" TO E'it''s'; SELECT pg_catalog.set_config( E'search_path', E'a,b',false); SET "temp_tablespaces" TO E'one', E'two'; SET "work_mem" TO E'5MB'
          DISCARD ALL | SET "app"."x" TO E'it''s'; SELECT pg_catalog.set_config( E'search_path', E'a,b',false); SET "temp_tablespaces" TO E'one', E'two'; SET "work_mem" TO E'5MB'; SET "role" TO E'bob'; COMMIT
          DISCARD TEMP                            | ``
          """)
  void inABatch(String sql, String follows) {
    Facts facts = facts(sql);
    assertThat(String.join("; ", values.behind(facts))).isEqualTo(follows);
    assertThat(values.concern(facts)).isEqualTo(!follows.isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RESET work_mem; SELECT 1       | RESET work_mem¶;SET "work_mem" TO E'5MB'; SELECT 1
          RESET work_mem                 | RESET work_mem¶;SET "work_mem" TO E'5MB'
          RESET work_mem -- end          | RESET work_mem -- end¶;SET "work_mem" TO E'5MB'
          SELECT 'ä;'; RESET work_mem ;; | SELECT 'ä;'; RESET work_mem ;;¶;SET "work_mem" TO E'5MB'
          RESET search_path; x           | RESET search_path¶;DECLARE howdah_sql NO SCROLL CURSOR FOR SELECT pg_catalog.set_config( E'search_path', E'a,b',false);MOVE FROM howdah_sql;CLOSE howdah_sql; x
          RESET work_mem;RESET role;x    | RESET work_mem¶;SET "work_mem" TO E'5MB';RESET role¶;SET "role" TO E'bob';x
          """)
  void inAString(String sql, String sent) {
    ByteBuf in = Unpooled.copiedBuffer("Q1234" + sql + "\0", StandardCharsets.UTF_8);
    InterlacedQuery query =
        InterlacedQuery.of(
            facts(sql).effects(),
            values,
            new ReplyLedger.Note() {},
            in,
            5,
            in.writerIndex() - 1,
            true,
            UnpooledByteBufAllocator.DEFAULT);
    ByteBuf message = query.message();
    assertThat(message.getInt(1)).isEqualTo(message.readableBytes() - 1);
    assertThat(message.toString(5, message.readableBytes() - 6, StandardCharsets.UTF_8))
        .isEqualTo(sent.replace('¶', '\n'));
    assertThat(message.getByte(message.writerIndex() - 1)).isZero();
    message.release();
  }
}
