package io.howdah.frontend.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.route.classify.Classifier;
import io.howdah.route.function.BuiltinFunctions;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps: texts are sent as simple queries; {@code >T} answers the oldest with that status. */
class ReplicaTransactionTest {
  private final ReplicaTransaction transaction = new ReplicaTransaction();
  private final ReplyLedger ledger = new ReplyLedger();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          select 1                                               | false
          begin read only                                        | true
          begin read only, >T                                    | true
          begin read only, >T, select 1                          | true
          begin read only, select 1, commit                      | false
          begin read only, >T, commit                            | false
          begin read only, >T, commit, >I                        | false
          begin read only, >T, commit, >T                        | true
          begin read only, >T, commit and chain                  | true
          begin read only, >T, rollback to a                     | true
          begin read only, >T, commit; select 1                  | false
          begin read only, commit, begin read only               | true
          begin read only, select 1, commit, begin; set transaction read only | false
          begin read only, select 1, commit, begin; set transaction read only, >T, >T, >I, >T | true
          begin; set transaction read only, >T, select 1         | true
          move 2 in c; begin read only                           | false
          begin read only, >T, nonsense                          | false
          begin read only, >T, nonsense, >E                      | true
          begin read only, >T, begin; select 1; commit           | false
          """)
  void goesOn(String steps, boolean expected) {
    for (String step : steps.split(", ")) {
      if (step.startsWith(">")) {
        byte status = (byte) step.charAt(1);
        ledger.reply((byte) 'C');
        ledger.ready(status);
        if (status == 'I') {
          transaction.ended();
        } else if (ledger.isEmpty()) {
          transaction.answered();
        }
      } else {
        byte[] text = step.getBytes(StandardCharsets.UTF_8);
        ledger.expect(Entry.QUERY, Fate.FORWARD);
        transaction.sent(
            new Classifier(BuiltinFunctions.INSTANCE, 1 << 10).classify(text, 0, text.length, true),
            false);
      }
    }
    assertThat(transaction.goesOn(ledger)).isEqualTo(expected);
  }
}
