package io.howdah.frontend.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.pools.SerializableDefault;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Target;
import io.howdah.route.function.BuiltinFunctions;
import io.howdah.route.lexer.Hint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionDefaultsTest {
  private long nanos = -Duration.ofDays(1).toNanos();
  private final SerializableDefault others = new SerializableDefault(() -> nanos);
  private final TransactionDefaults defaults = new TransactionDefaults(others);

  private static Facts facts(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    return new Classifier(BuiltinFunctions.INSTANCE, 1 << 10).classify(text, 0, text.length, true);
  }

  /** {@code p} and {@code r}: what primary and replica report. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -   | -          | begin                                  | NONE    | PRIMARY
          -   | p=on       | begin                                  | NONE    | REPLICA
          -   | r=on       | begin                                  | NONE    | PRIMARY
          -   | p=on p=off | begin                                  | NONE    | PRIMARY
          -   | p=on r=off | begin                                  | NONE    | PRIMARY
          -   | p=on r=on  | begin                                  | NONE    | REPLICA
          on  | p=off      | begin                                  | NONE    | REPLICA
          TRU | -          | start transaction                      | NONE    | REPLICA
          y   | -          | begin isolation level repeatable read  | NONE    | REPLICA
          1   | -          | begin isolation level serializable     | NONE    | PRIMARY
          on  | -          | begin read write                       | NONE    | PRIMARY
          on  | -          | begin                                  | PRIMARY | PRIMARY
          on  | -          | /* howdah: primary */ begin            | NONE    | PRIMARY
          on  | -          | insert into t values (1)               | NONE    | PRIMARY
          off | p=on       | begin                                  | NONE    | PRIMARY
          ?   | p=on       | begin                                  | NONE    | PRIMARY
          """)
  void readOnly(String set, String reports, String sql, Hint route, Target expected) {
    if (reports != null) {
      for (String each : reports.split(" ")) {
        defaults.reported(each.substring(2), each.startsWith("r"));
      }
    }
    defaults.settings(
        set == null
            ? SessionSettings.NONE
            : SessionSettings.of(Map.of("default_transaction_read_only", set)));
    assertThat(defaults.target(facts(sql), route)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -              | false | select 1                                         | REPLICA
          SERIALIZABLE   | false | select 1                                         | PRIMARY
          serializable   | false | begin read only                                  | PRIMARY
          serializable   | false | begin read only, isolation level read committed  | REPLICA
          serializable   | false | begin; select 1; commit                          | PRIMARY
          serializable   | false | set work_mem = '1MB'                             | ANY
          read committed | true  | select 1                                         | REPLICA
          -              | true  | select 1                                         | PRIMARY
          -              | true  | begin isolation level repeatable read, read only | REPLICA
          """)
  void serializable(String set, boolean learnt, String sql, Target expected) {
    if (learnt) {
      others.learn();
    }
    defaults.settings(
        set == null
            ? SessionSettings.NONE
            : SessionSettings.of(Map.of("default_transaction_isolation", set)));
    assertThat(defaults.target(facts(sql), Hint.NONE)).isEqualTo(expected);
  }

  @Test
  void whatWasLearntIsForgottenInTime() {
    defaults.settings(SessionSettings.NONE);
    defaults.refusedByReplica();
    nanos += Duration.ofSeconds(59).toNanos();
    assertThat(others.isKnown()).isTrue();
    nanos += Duration.ofSeconds(2).toNanos();
    assertThat(others.isKnown()).isFalse();
  }

  @Test
  void aSessionsOwnSettingTellsNothingOfOthers() {
    defaults.settings(SessionSettings.of(Map.of("default_transaction_isolation", "serializable")));
    defaults.refusedByReplica();
    assertThat(others.isKnown()).isFalse();
  }
}
