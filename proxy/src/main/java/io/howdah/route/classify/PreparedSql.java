package io.howdah.route.classify;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.function.Functions;
import io.howdah.route.lexer.Hint;
import io.howdah.route.lexer.Name;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;

/**
 * What SQL says about prepared statements: PREPARE, EXECUTE (also within EXPLAIN and CREATE TABLE
 * AS) and DEALLOCATE, with the names as the server knows them.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-prepare.html">PREPARE</a>
 */
final class PreparedSql {
  /** NAMEDATALEN - 1: the server cuts longer identifiers. */
  static final int MAX_NAME_BYTES = 63;

  private static final String[] NAMING = {"prepare", "deallocate", "discard"};

  private static final byte[] VIEW = "pg_prepared_statements".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] EXECUTE = "execute".getBytes(StandardCharsets.US_ASCII);

  private final QueryWalk walk;
  private final Functions functions;
  private final Finding inner = new Finding();

  PreparedSql(QueryWalk walk, Functions functions) {
    this.walk = walk;
    this.functions = functions;
  }

  /** PREPARE name [(types)] AS statement; the name is current. */
  void prepare(Scanner s, Finding f, int start) {
    String name = name(s);
    s.next();
    if (s.token() == Token.OPEN) {
      while (s.token() != Token.CLOSE && !StatementEnd.isAt(s)) {
        s.next();
      }
      s.next();
    }
    inner.begin();
    if (s.word() == Word.AS) {
      s.next();
      body(s);
    } else {
      inner.is(Reason.UNKNOWN_STATEMENT, null);
      walk.walk(s, inner, false);
    }
    if (inner.reason() == Reason.UNTERMINATED || inner.reason() == Reason.TOO_DEEP) {
      f.is(inner.reason(), null);
    } else {
      f.is(Reason.SETTING, null);
    }
    if (name == null) {
      f.effect(new SessionEffect.AnyStatement("PREPARE of a name that can't be read", true));
      return;
    }
    inner.addHidden(functions);
    Facts facts = new Facts(inner.reason(), inner.culprit(), 1, Hint.NONE, inner.effects());
    f.effect(new SessionEffect.PrepareStatement(name, s.bytesThrough(start), facts));
    inner.effects().stream().filter(SessionEffect.Unseen.class::isInstance).forEach(f::effect);
  }

  /** What may be prepared; anything else the server refuses. */
  private void body(Scanner s) {
    switch (s.word()) {
      case SELECT, VALUES, TABLE, WITH -> inner.is(Reason.SELECT_READ_ONLY, null);
      case INSERT, UPDATE, DELETE, MERGE -> inner.is(Reason.DATA_CHANGE, s.word().name());
      default ->
          inner.is(
              s.token() == Token.OPEN ? Reason.SELECT_READ_ONLY : Reason.UNKNOWN_STATEMENT, null);
    }
    walk.walk(s, inner, false);
  }

  /** EXECUTE name [(arguments)]; EXECUTE is current. */
  void execute(Scanner s, Finding f) {
    s.next();
    effect(s, f, "EXECUTE", SessionEffect.ExecuteStatement::new);
    s.next();
    f.is(Reason.SELECT_READ_ONLY, null);
    walk.walk(s, f, false);
    if (f.reason() == Reason.SELECT_READ_ONLY) {
      f.is(Reason.EXECUTE, "EXECUTE");
    }
  }

  /** DEALLOCATE [PREPARE] name or ALL; DEALLOCATE is current. */
  void deallocate(Scanner s, Finding f) {
    s.next();
    if (s.word() == Word.PREPARE) {
      Token next = s.fork().next();
      if (next != Token.END && next != Token.SEMICOLON) {
        s.next();
      }
    }
    if (s.word() == Word.ALL) {
      f.effect(new SessionEffect.Deallocate(null));
    } else {
      effect(s, f, "DEALLOCATE", SessionEffect.Deallocate::new);
    }
  }

  /** Looks for {@code AS EXECUTE name} in what follows the word CREATE. */
  void createAsExecute(Scanner ahead, Finding f) {
    boolean as = false;
    ahead.next();
    while (!StatementEnd.isAt(ahead)) {
      if (as && ahead.word() == Word.EXECUTE) {
        ahead.next();
        effect(ahead, f, "EXECUTE", SessionEffect.ExecuteStatement::new);
        return;
      }
      as = ahead.word() == Word.AS;
      ahead.next();
    }
  }

  /**
   * A DO block can use prepared statements by dynamic commands, whose names nobody can tell.
   *
   * @param text the whole statement
   */
  static void block(String text, Finding f) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (String word : NAMING) {
      if (lower.contains(word)) {
        f.effect(new SessionEffect.AnyStatement("prepared statements in a DO block", true));
        return;
      }
    }
    if (lower.contains("execute")) {
      f.effect(new SessionEffect.AnyStatement("EXECUTE in a DO block", false));
    }
  }

  /** The view of prepared statements, of which a session is to see its own. */
  static void name(Name name, Finding f) {
    if (name.startsWith(VIEW)) {
      f.effect(new SessionEffect.AnyStatement("pg_prepared_statements", false));
    }
  }

  /** A string constant is current: a function may run it. */
  static void constant(Scanner s, Finding f) {
    if (s.stringBegins(EXECUTE)) {
      f.effect(new SessionEffect.AnyStatement("EXECUTE in a string", false));
    }
  }

  private static void effect(
      Scanner s, Finding f, String command, Function<String, SessionEffect> of) {
    String name = name(s);
    f.effect(
        name == null
            ? new SessionEffect.AnyStatement(
                command + " of a name that can't be read", !command.equals("EXECUTE"))
            : of.apply(name));
  }

  /** The name that is current, as the server knows it; null where that can't be told. */
  private static String name(Scanner s) {
    if (s.token() == Token.NAME) {
      return cut(s.nameText());
    }
    if (s.token() != Token.QUOTED_NAME || !s.text().startsWith("\"")) {
      return s.token() == Token.QUOTED_NAME ? null : "";
    }
    return cut(s.nameText());
  }

  private static String cut(String name) {
    if (name.indexOf('\uFFFD') >= 0) {
      return null;
    }
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MAX_NAME_BYTES) {
      return name;
    }
    int end = MAX_NAME_BYTES;
    while ((bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
