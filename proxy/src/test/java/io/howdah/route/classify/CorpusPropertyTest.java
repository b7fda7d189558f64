package io.howdah.route.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Reason;
import io.howdah.route.lexer.Name;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What must not depend on how a statement is written; the seed is fixed, so a failure repeats. */
class CorpusPropertyTest {
  private static final List<String> BLANKS =
      List.of(" ", "\n", "\t\r\n", "\f", "/* x */", "/* ' ; /* DELETE */ \" $$ */", " -- ' ; (\n");

  private static final Set<Token> TOUCHY = EnumSet.of(Token.OPERATOR, Token.STRING, Token.BITS);

  private static List<Corpus.Row> written;
  private static List<Corpus.Row> rows;

  @BeforeAll
  static void read() throws IOException {
    written = Corpus.written().stream().filter(CorpusPropertyTest::isWhole).toList();
    rows = new ArrayList<>(written);
    rows.addAll(Combinations.all());
  }

  private static boolean isWhole(Corpus.Row row) {
    return row.reason() != Reason.UNTERMINATED && row.reason() != Reason.EMPTY;
  }

  /** A token of a text, and whether it is a keyword. */
  private record Piece(Token token, String text, boolean keyword) {}

  private static List<Piece> pieces(String sql) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    Scanner s = new Scanner();
    s.reset(bytes, 0, bytes.length, true);
    List<Piece> pieces = new ArrayList<>();
    for (Token t = s.next(); t != Token.END; t = s.next()) {
      pieces.add(new Piece(t, s.text(), s.keyword() != null));
    }
    return pieces;
  }

  @Test
  void blanksCommentsAndCase() {
    Random random = new Random(20260601);
    for (Corpus.Row row : rows) {
      StringBuilder text = new StringBuilder();
      Token previous = Token.END;
      for (Piece piece : pieces(row.sql())) {
        // Between operators and between strings blanks have a meaning.
        boolean touchy = TOUCHY.contains(piece.token()) || TOUCHY.contains(previous);
        text.append(touchy ? " " : BLANKS.get(random.nextInt(BLANKS.size())));
        text.append(piece.token() == Token.NAME ? otherCase(piece.text(), random) : piece.text());
        previous = piece.token();
      }
      isAs(row, text.toString());
    }
  }

  private static String otherCase(String name, Random random) {
    StringBuilder text = new StringBuilder();
    for (String c : name.split("")) {
      text.append(random.nextBoolean() ? c.toUpperCase(Locale.ROOT) : c.toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }

  /** Quotes around a name that is no keyword. */
  @Test
  void quotesAroundNames() {
    Random random = new Random(20260602);
    for (Corpus.Row row : rows) {
      if (row.reason() == Reason.UNKNOWN_STATEMENT) {
        continue;
      }
      StringBuilder text = new StringBuilder();
      for (Piece piece : pieces(row.sql())) {
        boolean quoted = piece.token() == Token.NAME && !piece.keyword() && random.nextInt(4) > 0;
        text.append(' ').append(quoted ? '"' + Name.fold(piece.text()) + '"' : piece.text());
      }
      isAs(row, text.toString());
    }
  }

  /** A query in parentheses is the same query. */
  @Test
  void parenthesesAroundQueries() {
    for (Corpus.Row row : rows) {
      if (isQuery(row) && !row.sql().endsWith("\n")) {
        isAs(row, "(" + row.sql() + "\n)");
        isAs(row, "((" + row.sql() + "\n))");
      }
    }
  }

  private static boolean isQuery(Corpus.Row row) {
    List<Piece> pieces = pieces(row.sql());
    boolean one = pieces.stream().noneMatch(each -> each.token() == Token.SEMICOLON);
    boolean query =
        switch (pieces.getFirst().text().toLowerCase(Locale.ROOT)) {
          case "select", "values", "table", "with" -> true;
          default -> false;
        };
    // WITH … INSERT is no query, and set_config is a setting only at the top.
    return one && query && row.reason() != Reason.DATA_CHANGE && row.reason() != Reason.SETTING;
  }

  private static void isAs(Corpus.Row row, String text) {
    Facts facts = Sql.facts(text);
    assertThat(facts.reason()).as(text).isEqualTo(row.reason());
    if (facts.reason() != Reason.UNKNOWN_STATEMENT) {
      assertThat(facts.culprit()).as(text).isEqualTo(row.culprit());
    }
  }

  /** Of two statements in one string the stricter counts. */
  @Test
  void theStricterOfTwo() {
    Random random = new Random(20260603);
    for (int i = 0; i < 20_000; i++) {
      Corpus.Row a = rows.get(random.nextInt(rows.size()));
      Corpus.Row b = written.get(random.nextInt(written.size()));
      String both = random.nextBoolean() ? a.sql() + "\n;" + b.sql() : b.sql() + "\n;" + a.sql();
      Kind kind = Sql.facts(both).kind();
      Set<Kind> kinds = EnumSet.of(a.reason().kind(), b.reason().kind());
      if (kinds.contains(Kind.UNKNOWN)) {
        assertThat(kind).as(both).isEqualTo(Kind.UNKNOWN);
      } else if (kinds.contains(Kind.WRITE)) {
        assertThat(kind).as(both).isEqualTo(Kind.WRITE);
      } else if (kinds.contains(Kind.BEGIN_READ_ONLY)
          || kinds.contains(Kind.BEGIN) && kinds.contains(Kind.TRANSACTION_CONTROL)) {
        // Together they may be one whole transaction, or the beginning of one that only reads.
        assertThat(kind).as(both).isIn(Kind.WRITE, Kind.READ, Kind.BEGIN_READ_ONLY);
      } else if (kinds.contains(Kind.BEGIN) || kinds.contains(Kind.TRANSACTION_CONTROL)) {
        assertThat(kind).as(both).isEqualTo(Kind.WRITE);
      } else {
        assertThat(kind).as(both).isEqualTo(kinds.contains(Kind.READ) ? Kind.READ : Kind.SESSION);
      }
    }
  }

  /** What follows a write within a query never makes a read of it. */
  @Test
  void onceAWriteAlwaysAWrite() {
    for (Corpus.Row row : rows) {
      if (!isQuery(row) || row.reason() == Reason.SELECT_READ_ONLY) {
        continue;
      }
      StringBuilder text = new StringBuilder();
      boolean written = false;
      for (Piece piece : pieces(row.sql())) {
        text.append(' ').append(piece.text());
        Facts facts = Sql.facts(text.toString());
        // A name alone may turn out to be WITH's own; what is not closed is unknown.
        boolean write = facts.kind() == Kind.WRITE && facts.reason() != Reason.DATA_CHANGE;
        assertThat(written && facts.kind() == Kind.READ).as(text.toString()).isFalse();
        written |= write;
      }
    }
  }

  /** However it is cut off, a statement that begins as a write is none of the reads. */
  @Test
  void noPrefixOfAWritingCommandReads() {
    Set<Reason> writing =
        EnumSet.of(
            Reason.DDL,
            Reason.MAINTENANCE,
            Reason.PROCEDURE,
            Reason.TABLE_LOCK,
            Reason.TEMPORARY_TABLE,
            Reason.NOTIFICATION);
    for (Corpus.Row row : written) {
      String first = pieces(row.sql()).getFirst().text();
      if (!writing.contains(row.reason())) {
        continue;
      }
      int start = row.sql().indexOf(first) + first.length();
      for (int end = start; end <= row.sql().length(); end++) {
        String prefix = row.sql().substring(0, end);
        assertThat(Sql.facts(prefix).kind()).as(prefix).isIn(Kind.WRITE, Kind.UNKNOWN);
      }
    }
  }
}
