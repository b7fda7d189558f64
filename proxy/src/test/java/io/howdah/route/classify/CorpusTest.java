package io.howdah.route.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.Facts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The written corpus and the built one: each statement has the class, reason and culprit it should.
 */
class CorpusTest {
  @ParameterizedTest
  @ValueSource(strings = {"commands", "later", "nasty", "orms"})
  void theWrittenOnes(String name) throws IOException {
    List<Corpus.Row> rows = Corpus.read(name);
    assertThat(rows).isNotEmpty();
    assertThat(wrong(rows)).isEmpty();
  }

  @Test
  void theBuiltOnes() {
    List<Corpus.Row> rows = Combinations.all();
    assertThat(rows).hasSizeGreaterThan(5000);
    assertThat(wrong(rows)).isEmpty();
  }

  private static List<String> wrong(List<Corpus.Row> rows) {
    List<String> wrong = new ArrayList<>();
    for (Corpus.Row row : rows) {
      Facts facts = Sql.facts(row.sql());
      Corpus.Row found = new Corpus.Row(facts.reason(), facts.culprit(), row.sql());
      if (!found.equals(row)) {
        wrong.add(found + " and not " + row.reason() + " " + row.culprit());
      }
    }
    return wrong;
  }
}
