package io.howdah.backend.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SuspectsTest {
  private final Suspects suspects = new Suspects();

  private void sent(String text, boolean hides) {
    suspects.sent(text.getBytes(StandardCharsets.UTF_8), hides);
  }

  @Test
  void theOnlyOneThatHidesSomethingIsNamedForCertain() {
    sent("SELECT 1", false);
    sent("SELECT mine()", true);
    sent("SELECT 2", false);
    assertThat(suspects.describe("work_mem"))
        .isEqualTo("the only statement that runs code unknown to Howdah: SELECT mine()");
  }

  @Test
  void oneThatMentionsWhatWasLeftIsLikely() {
    sent("DO 'SET work_mem = 1'", true);
    sent("SELECT mine()", true);
    assertThat(suspects.describe("WORK_MEM")).isEqualTo("likely: DO ?");
    assertThat(suspects.describe("other"))
        .isEqualTo("one of 2 statements that run code unknown to Howdah: SELECT mine() | DO ?");
  }

  @Test
  void withoutSuchTheLastAreNamed() {
    for (int i = 0; i < 20; i++) {
      sent("INSERT i" + i, false);
    }
    assertThat(suspects.describe(""))
        .startsWith("perhaps one of the last 8 of 20 statements: INSERT i19 | INSERT i18");
    suspects.clear();
    assertThat(suspects.describe("")).isEqualTo("no statement is known");
  }

  @Test
  void longTextsAreCut() {
    sent("SELECT f(" + "x".repeat(1000) + ")", true);
    assertThat(suspects.describe("")).endsWith("xxx...").hasSizeLessThan(280);
    suspects.sent(null, true);
    assertThat(suspects.describe("")).contains("(a text that was not kept)");
  }

  @Test
  void whatHidesSomethingCountsMore() {
    sent("SELECT 1", false);
    assertThat(suspects.takeWeight()).isEqualTo(1);
    sent("SELECT f()", true);
    assertThat(suspects.takeWeight()).isEqualTo(Suspects.WEIGHT_OF_HIDDEN);
    assertThat(suspects.takeWeight()).isEqualTo(1);
  }

  @Test
  void namesOfParametersThatATextMayMean() {
    Suspects suspects = new Suspects();
    suspects.sent(
        "DO 'BEGIN SET My.own = 1.5; PERFORM f(x.y, a.b.c, ''app.tenant''); END'".getBytes(UTF_8),
        true);
    suspects.sent("SELECT t.i FROM t; DO ''".getBytes(UTF_8), false);
    suspects.sent(null, true);
    assertThat(suspects.dottedNames()).containsExactly("app.tenant", "my.own", "t.i", "x.y");
  }
}
