package io.howdah.backend.statement;

import static io.howdah.backend.statement.Presence.ABSENT;
import static io.howdah.backend.statement.Presence.DOUBTFUL;
import static io.howdah.backend.statement.Presence.PRESENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.route.lexer.Hint;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreparedStatementsTest {
  private static final Facts FACTS =
      new Facts(Reason.SELECT_READ_ONLY, null, 1, Hint.NONE, List.of());

  private final PreparedStatements prepared = new PreparedStatements(2);
  private final Statement.Key a = key();
  private final Statement.Key b = key();
  private final Statement.Key c = key();

  private static Statement.Key key() {
    return new Statement(new byte[1], FACTS, 0).key();
  }

  private void hold(Statement.Key... keys) {
    for (Statement.Key key : keys) {
      prepared.sent(key, 0);
      prepared.confirmed(key);
    }
  }

  @Test
  void whatMayBeGoneIsPreparedAnew() {
    hold(a, b);
    prepared.doubtAll();
    assertThat(prepared.presence(a, 1)).isEqualTo(DOUBTFUL);
    prepared.closing(a, 1);
    prepared.sent(a, 1);
    prepared.closed(a);
    prepared.confirmed(a);
    assertThat(prepared.presence(a, 2)).isEqualTo(PRESENT);
    assertThat(prepared.presence(b, 2)).isEqualTo(DOUBTFUL);
  }

  @Test
  void aCloseCountsWithinItsBatchOnly() {
    hold(a, b);
    assertThat(prepared.tooMany()).containsExactly(a);
    prepared.closing(a, 1);
    assertThat(prepared.size()).isEqualTo(1);
    assertThat(prepared.presence(a, 1)).isEqualTo(ABSENT);
    assertThat(prepared.presence(a, 2)).as("its Close may yet be voided").isEqualTo(DOUBTFUL);
    prepared.failed(a);
    assertThat(prepared.presence(a, 2)).isEqualTo(PRESENT);
    assertThat(prepared.size()).isEqualTo(2);
    prepared.closing(a, 3);
    prepared.closed(a);
    assertThat(prepared.presence(a, 3)).isEqualTo(ABSENT);
  }

  @Test
  void closedAndPreparedAgainInOneBatchThatFailsHalfway() {
    hold(a, b);
    prepared.closing(a, 1);
    prepared.sent(a, 1);
    assertThat(prepared.presence(a, 1)).isEqualTo(PRESENT);
    assertThat(prepared.presence(a, 2)).isEqualTo(DOUBTFUL);
    prepared.closed(a);
    prepared.failed(a);
    assertThat(prepared.presence(a, 2)).isEqualTo(ABSENT);
    assertThat(prepared.size()).isEqualTo(1);
  }

  /** Where nothing is settled more are held for a while; then they are closed, all at once. */
  @Test
  void whatGrewShrinksAgain() {
    prepared.sent(a, 1);
    prepared.sent(b, 1);
    prepared.sent(c, 1);
    assertThat(prepared.tooMany()).isEmpty();
    prepared.confirmed(a);
    prepared.confirmed(b);
    prepared.confirmed(c);
    assertThat(prepared.tooMany()).containsExactly(a, b);
  }

  @Test
  void aMillionStatementsLeaveTwo() {
    for (int i = 0; i < 1_000_000; i++) {
      Statement.Key key = key();
      for (Statement.Key old : prepared.tooMany()) {
        prepared.closing(old, i);
        prepared.closed(old);
      }
      prepared.sent(key, i);
      prepared.confirmed(key);
    }
    assertThat(prepared.size()).isEqualTo(2);
  }

  @Test
  void theUnnamedStatement() {
    assertThat(prepared.mayHaveUnnamed(1)).isFalse();
    prepared.sentUnnamed(a, 1);
    assertThat(prepared.holdsUnnamed(a, 1)).isTrue();
    assertThat(prepared.holdsUnnamed(a, 2)).isFalse();
    prepared.confirmedUnnamed(a);
    assertThat(prepared.holdsUnnamed(a, 2)).isTrue();
    prepared.forgetUnnamed(false);
    assertThat(prepared.holdsUnnamed(a, 2)).isFalse();
    assertThat(prepared.mayHaveUnnamed(2)).as("another's may be there").isTrue();
    prepared.forgetUnnamed(true);
    assertThat(prepared.mayHaveUnnamed(2)).isFalse();
  }

  @Test
  void aCloseOfTheUnnamedStatementMayBeVoid() {
    prepared.sentUnnamed(a, 1);
    prepared.confirmedUnnamed(a);
    long change = prepared.droppingUnnamed(2);
    assertThat(prepared.mayHaveUnnamed(2)).as("what voids the Close voids this batch").isFalse();
    assertThat(prepared.mayHaveUnnamed(3)).isTrue();
    prepared.droppedUnnamed(change);
    assertThat(prepared.mayHaveUnnamed(3)).isFalse();
  }

  @Test
  void anAnswerToACloseTellsNothingOfWhatWasSentSince() {
    long change = prepared.droppingUnnamed(1);
    prepared.sentUnnamed(a, 1);
    prepared.droppedUnnamed(change);
    assertThat(prepared.mayHaveUnnamed(1)).isTrue();
  }
}
