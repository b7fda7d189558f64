package io.howdah.backend.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.route.lexer.Hint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlainNamesTest {
  private static final Facts FACTS =
      new Facts(Reason.SELECT_READ_ONLY, null, 1, Hint.NONE, List.of());

  private final PlainNames names = new PlainNames(3);

  private static DeclaredStatement declared(String text) {
    return new DeclaredStatement(text, new Writing("UTF8", true), FACTS);
  }

  private static Statement parsed(String text) {
    return new Statement((text + "\0\0\0").getBytes(StandardCharsets.UTF_8), FACTS, 0);
  }

  @Test
  void whatANameStandsFor() {
    Statement statement = parsed("SELECT 1");
    names.put("a", statement);
    names.put("b", declared("PREPARE b AS SELECT 1"));
    names.putPlaceholder("c");
    assertThat(names.holds("a", statement)).isTrue();
    assertThat(names.holds("a", parsed("SELECT 1"))).as("another loop's").isFalse();
    assertThat(names.holds("b", declared("PREPARE b AS SELECT 1"))).isTrue();
    assertThat(names.holds("b", declared("PREPARE b AS SELECT 2"))).isFalse();
    assertThat(names.holds("c", statement)).isFalse();
    assertThat(names.surelyHas("c")).isTrue();
    names.doubt("a");
    assertThat(names.holds("a", statement)).isFalse();
    assertThat(names.surelyHas("a")).isFalse();
    assertThat(names.has("a")).as("it must be closed").isTrue();
    names.remove("a");
    assertThat(names.has("a")).isFalse();
  }

  @Test
  void theLeastRecentlyUsedGoesFirstButNotWhatIsNeeded() {
    names.putPlaceholder("a");
    names.putPlaceholder("b");
    names.putPlaceholder("c");
    assertThat(names.tooMany(0, List.of())).isEmpty();
    names.surelyHas("a");
    assertThat(names.tooMany(1, List.of())).containsExactly("b");
    assertThat(names.tooMany(2, List.of("b"))).containsExactly("c", "a");
  }

  @Test
  void longTextsAreBoundedInBytes() {
    PlainNames many = new PlainNames(1000);
    for (int i = 0; i < 20; i++) {
      many.put("n" + i, declared("x".repeat(100_000)));
      many.tooMany(0, List.of()).forEach(many::remove);
    }
    assertThat(many.size()).isEqualTo(10);
    assertThat(many.has("n19")).isTrue();
    assertThat(many.has("n9")).isFalse();
  }
}
