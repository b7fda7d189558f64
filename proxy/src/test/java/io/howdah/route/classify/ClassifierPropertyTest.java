package io.howdah.route.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Properties over many generated texts; the seed is fixed, so a failure repeats. */
class ClassifierPropertyTest {
  private static final List<String> BLANKS =
      List.of(" ", "\n", "\t \r\n", "/* a */", "/* ; insert /* ' */ \" $$ */", " -- ' ; (\n", "\f");

  @Test
  void blanksCommentsAndCaseChangeNothing() throws IOException {
    Random random = new Random(20260101);
    for (ClassifierTest.Row row : ClassifierTest.rows()) {
      if (row.reason() == Reason.UNTERMINATED || row.sql().contains("howdah")) {
        continue;
      }
      for (int i = 0; i < 20; i++) {
        String changed = rewrite(row.sql(), random);
        Facts facts = Sql.facts(changed);
        assertThat(facts.reason()).as(changed).isEqualTo(row.reason());
        assertThat(withoutTexts(facts)).as(changed).isEqualTo(withoutTexts(Sql.facts(row.sql())));
      }
    }
  }

  /** The effects, but for where they stand, and for the text that PREPARE keeps as it is. */
  private static List<SessionEffect> withoutTexts(Facts facts) {
    return facts.effects().stream()
        .map(
            effect ->
                switch (effect) {
                  case SessionEffect.PrepareStatement p ->
                      new SessionEffect.PrepareStatement(p.name(), "", p.statement());
                  case SessionEffect.StatementEnd _ -> new SessionEffect.StatementEnd(0);
                  default -> effect;
                })
        .toList();
  }

  /**
   * The same tokens with other blanks between them, and the names that are not quoted in another
   * case.
   */
  private static String rewrite(String sql, Random random) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    Scanner s = new Scanner();
    s.reset(bytes, 0, bytes.length, true);
    StringBuilder out = new StringBuilder();
    Token previous = Token.END;
    for (Token t = s.next(); t != Token.END; t = s.next()) {
      boolean mustTouch =
          t == Token.OPERATOR || previous == Token.OPERATOR || previous == Token.STRING;
      out.append(mustTouch ? " " : BLANKS.get(random.nextInt(BLANKS.size())));
      out.append(t == Token.NAME ? otherCase(s.text(), random) : s.text());
      previous = t;
    }
    return out.append(BLANKS.get(random.nextInt(BLANKS.size()))).toString();
  }

  private static String otherCase(String name, Random random) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      String c = name.substring(i, i + 1);
      out.append(random.nextBoolean() ? c.toUpperCase(Locale.ROOT) : c.toLowerCase(Locale.ROOT));
    }
    return out.toString();
  }

  @Test
  void aWriteBesideAnyStatementIsNeverARead() throws IOException {
    for (ClassifierTest.Row row : ClassifierTest.rows()) {
      // What follows a line comment or an open quote is no statement.
      if (row.reason() == Reason.UNTERMINATED) {
        continue;
      }
      String sql = row.sql() + "\n;delete from t";
      assertThat(Sql.facts(sql).kind()).as(sql).isIn(Kind.WRITE, Kind.UNKNOWN);
      String before = "delete from t;" + row.sql();
      assertThat(Sql.facts(before).kind()).as(before).isIn(Kind.WRITE, Kind.UNKNOWN);
    }
  }

  @Test
  void anyBytesHaveAnAnswer() {
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      check(bytes, random.nextBoolean());
    }
  }

  @Test
  void anyPiecesOfSqlHaveAnAnswer() throws IOException {
    Random random = new Random(43);
    List<ClassifierTest.Row> rows = ClassifierTest.rows();
    String punctuation = "'\"$();,.:\\/*-+[]U&eE\n 01x_\0é";
    for (int i = 0; i < 40_000; i++) {
      String a = rows.get(random.nextInt(rows.size())).sql();
      String b = rows.get(random.nextInt(rows.size())).sql();
      StringBuilder s = new StringBuilder(a.substring(0, random.nextInt(a.length() + 1)));
      for (int n = random.nextInt(4); n > 0; n--) {
        s.append(punctuation.charAt(random.nextInt(punctuation.length())));
      }
      s.append(b.substring(random.nextInt(b.length() + 1)));
      check(s.toString().getBytes(StandardCharsets.UTF_8), random.nextBoolean());
    }
  }

  private static void check(byte[] bytes, boolean standardStrings) {
    Facts facts = Sql.facts(bytes, standardStrings);
    assertThat(facts.kind()).isNotNull();
    assertThat(facts.target()).isNotNull();
    assertThat(facts.statements() == 0).isEqualTo(facts.kind() == Kind.EMPTY);
    assertThat(Sql.facts(bytes, standardStrings)).isEqualTo(facts);
  }
}
