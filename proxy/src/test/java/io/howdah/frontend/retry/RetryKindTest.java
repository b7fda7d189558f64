package io.howdah.frontend.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Note;
import io.howdah.backend.statement.Statement;
import io.howdah.frontend.prepared.StatementFinder;
import io.howdah.wire.ErrorFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be done about an error, by what it tells. */
class RetryKindTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          25006, ERROR, -,                     replica, QUERY,              PRIMARY
          25006, ERROR, -,                     primary, QUERY,              NONE
          25006, FATAL, -,                     replica, QUERY,              NONE
          0A000, ERROR, get_relation_info,     replica, QUERY,              PRIMARY
          0A000, ERROR, get_relation_info,     primary, QUERY,              NONE
          0A000, ERROR, -,                     replica, QUERY,              NONE
          0A000, ERROR, GetSerializableTransactionSnapshot, replica, QUERY, SERIALIZABLE
          0A000, ERROR, GetSerializableTransactionSnapshot, primary, QUERY, NONE
          0A000, FATAL, GetSerializableTransactionSnapshot, replica, QUERY, NONE
          40001, ERROR, -,                     replica, EXECUTE,            ELSEWHERE
          40001, FATAL, -,                     replica, EXECUTE,            ELSEWHERE
          40001, ERROR, -,                     primary, EXECUTE,            NONE
          40P01, ERROR, -,                     replica, QUERY,              ELSEWHERE
          57P01, FATAL, -,                     replica, QUERY,              ELSEWHERE
          57P02, FATAL, -,                     replica, QUERY,              ELSEWHERE
          57P03, FATAL, -,                     replica, QUERY,              ELSEWHERE
          57P01, FATAL, -,                     primary, QUERY,              NONE
          57P04, FATAL, -,                     replica, QUERY,              NONE
          57014, ERROR, -,                     replica, QUERY,              NONE
          53200, ERROR, -,                     replica, QUERY,              NONE
          0A000, ERROR, RevalidateCachedQuery, primary, BIND,               PREPARE_AGAIN
          0A000, ERROR, RevalidateCachedQuery, replica, BIND,               PREPARE_AGAIN
          0A000, ERROR, RevalidateCachedQuery, primary, DESCRIBE_STATEMENT, PREPARE_AGAIN
          0A000, ERROR, RevalidateCachedQuery, primary, EXECUTE,            NONE
          0A000, ERROR, RevalidateCachedQuery, primary, QUERY,              NONE
          0A000, FATAL, RevalidateCachedQuery, primary, BIND,               NONE
          """)
  void remedies(
      String code, String severity, String routine, String node, Entry at, RetryKind expected) {
    ErrorFields error = new ErrorFields(severity, code, "no", null, null, routine);
    Note own = new Statement(new byte[4], StatementFinder.UNSEEN, 0);
    assertThat(RetryKind.of(error, node.equals("replica"), at, own)).isEqualTo(expected);
  }

  /** A statement under a name that Howdah did not give it is not its to prepare again. */
  @ParameterizedTest
  @CsvSource({"BIND", "DESCRIBE_STATEMENT"})
  void onlyForStatementsOfHowdahs(Entry at) {
    ErrorFields error =
        new ErrorFields("ERROR", "0A000", "no", null, null, "RevalidateCachedQuery");
    assertThat(RetryKind.of(error, false, at, null)).isEqualTo(RetryKind.NONE);
  }
}
