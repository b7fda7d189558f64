package io.howdah.frontend.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.statement.Statement;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StatementDictionaryTest {
  private final AtomicLong total = new AtomicLong();
  private final StatementDictionary dictionary = new StatementDictionary(16, total, 7);

  private Statement find(String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    Statement known = dictionary.find(body, body.length, 0);
    if (known == null) {
      known = new Statement(body, StatementFinder.UNSEEN, 0);
      dictionary.add(known, 0);
    }
    return known;
  }

  @Test
  void aMillionTextsThatNobodyKeepsLeaveNothing() {
    for (int i = 0; i < 1_000_000; i++) {
      Statement statement = find("SELECT " + i);
      dictionary.begun(statement);
      dictionary.ended(statement);
    }
    assertThat(dictionary.used()).isZero();
    assertThat(total).hasValue(0);
  }

  @Test
  void whatAClientHoldsIsOneStatementHoweverManyOthersCame() {
    Statement held = find("SELECT 'held'");
    dictionary.begun(held);
    for (int i = 0; i < 10_000; i++) {
      find("SELECT " + i);
    }
    assertThat(find("SELECT 'held'")).isSameAs(held);
    dictionary.begun(held);
    assertThat(total).as("counted once").hasValue(held.bytes());
    dictionary.ended(held);
    assertThat(total).hasValue(held.bytes());
    dictionary.ended(held);
    assertThat(total).hasValue(0);
    assertThat(dictionary.used()).isZero();
  }
}
