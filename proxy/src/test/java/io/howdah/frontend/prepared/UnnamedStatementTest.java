package io.howdah.frontend.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.ReplyLedger.Note;
import io.howdah.backend.statement.Statement;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnnamedStatementTest {
  private final AtomicLong total = new AtomicLong();
  private final UnnamedStatement unnamed =
      new UnnamedStatement(new StatementDictionary(1, total, 7));
  private final Statement a = statement(10);
  private final Statement b = statement(10);
  private final Statement c = statement(10);

  private static Statement statement(int length) {
    return new Statement(new byte[length], StatementFinder.UNSEEN, 0);
  }

  @Test
  void aParseThatFailsLeavesNone() {
    unnamed.becomes(a, 1).done();
    Note failing = unnamed.becomes(b, 1);
    assertThat(unnamed.get()).isSameAs(b);
    failing.failed();
    assertThat(unnamed.get()).isNull();
  }

  @Test
  void whatAnErrorVoidedChangesNothing() {
    unnamed.becomes(a, 1).done();
    Note first = unnamed.becomes(b, 1);
    Note second = unnamed.becomes(c, 1);
    first.voided();
    assertThat(unnamed.get()).as("the next one is not answered").isSameAs(c);
    second.voided();
    assertThat(unnamed.get()).isSameAs(a);
  }

  @Test
  void whatFailedBeforeALaterParseDoesNotMatter() {
    Note failing = unnamed.becomes(a, 1);
    Note voided = unnamed.becomes(b, 1);
    Note later = unnamed.becomes(c, 1);
    failing.failed();
    voided.voided();
    assertThat(unnamed.get()).isSameAs(c);
    later.done();
    assertThat(unnamed.get()).isSameAs(c);
  }

  @Test
  void whatAnEarlierBatchLeavesIsOpenUntilItIsAnswered() {
    Note sent = unnamed.becomes(a, 1);
    assertThat(unnamed.isUnsettled(1)).as("all of one batch or nothing").isFalse();
    assertThat(unnamed.isUnsettled(2)).isTrue();
    sent.done();
    assertThat(unnamed.isUnsettled(2)).isFalse();
  }

  @Test
  void aSimpleQueryBehindWhatIsNotAnsweredLeavesNone() {
    Note parse = unnamed.becomes(a, 1);
    Note close = unnamed.becomes(null, 1);
    unnamed.gone();
    parse.done();
    close.voided();
    assertThat(unnamed.get()).isNull();
    assertThat(unnamed.isUnsettled(2)).isFalse();
  }

  @Test
  void onlyLongOnesCount() {
    unnamed.becomes(a, 1).done();
    assertThat(total).hasValue(0);
    Statement large = statement(100_000);
    unnamed.becomes(large, 1).done();
    assertThat(total).hasValue(large.bytes());
    assertThat(unnamed.bytes()).isEqualTo(large.bytes());
    unnamed.gone();
    assertThat(unnamed.get()).isNull();
    assertThat(total).hasValue(0);
  }
}
