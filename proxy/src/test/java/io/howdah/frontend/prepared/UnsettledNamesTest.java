package io.howdah.frontend.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.ReplyLedger.Note;
import io.howdah.backend.statement.Binding;
import io.howdah.backend.statement.Statement;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnsettledNamesTest {
  private static final byte[] NAME = {'s'};

  private final PreparedNames names =
      new PreparedNames(new StatementDictionary(1, new AtomicLong(), 7));
  private final UnsettledNames unsettled = new UnsettledNames(names);
  private final Map<Character, Binding> statements = new HashMap<>();

  @BeforeEach
  void begin() {
    for (char each : "abc".toCharArray()) {
      statements.put(each, new Statement(new byte[] {(byte) each, 0}, StatementFinder.UNSEEN, 0));
    }
    names.put(NAME, statements.get('a'));
  }

  /**
   * What is sent (a letter for the Parse of that statement, x for Close) and how it ended (+ done,
   * - not done), in the order of time; the name stands for {@code a} before.
   */
  @ParameterizedTest
  @CsvSource({
    "x, -",
    "x+, -",
    "x-, a",
    "xb, b",
    "xb+-, -",
    "xb++, b",
    "xb--, a",
    "x+b-, -",
    "x-b+, b",
    "xbx, -",
    "xbx---, a",
    "xbx+--, -",
    "xbx++-, b",
    "xbx+++, -",
    "xbxc----, a",
    "xbxc+---, -",
    "xb+-xc, c",
    "xbx+-, -",
    "xbx++, -",
    "x+bx--b-, -"
  })
  void standsFor(String script, char last) {
    ArrayDeque<Note> sent = new ArrayDeque<>();
    for (char each : script.toCharArray()) {
      switch (each) {
        case '+' -> sent.remove().done();
        case '-' -> sent.remove().failed();
        case 'x' -> sent.add(unsettled.becomes(NAME, null));
        default -> sent.add(unsettled.becomes(NAME, statements.get(each)));
      }
    }
    assertThat(names.get(NAME)).isSameAs(last == '-' ? null : statements.get(last));
  }
}
