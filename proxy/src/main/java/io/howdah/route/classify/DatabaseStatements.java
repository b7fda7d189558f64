package io.howdah.route.classify;

import io.howdah.route.fact.SessionEffect.DatabaseChange;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;

/**
 * DROP, ALTER and CREATE of a database, each from its first word (current), where PostgreSQL wants
 * a database without any other session in it.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-alterdatabase.html">PostgreSQL, ALTER
 *     DATABASE</a>
 */
final class DatabaseStatements {
  private static final String DEFAULT_TEMPLATE = "template1";

  private DatabaseStatements() {}

  /** DROP DATABASE [IF EXISTS] name. */
  static void drop(Scanner s, Finding f) {
    if (!toDatabase(s)) {
      return;
    }
    if (isWord(s, "if") && !StatementEnd.isAt(ahead(s))) {
      s.next();
      s.next();
    }
    String name = Identifiers.read(s);
    if (name != null) {
      f.effect(new DatabaseChange("DROP DATABASE", name, null));
    }
  }

  /** ALTER DATABASE name RENAME TO other, ALTER DATABASE name SET TABLESPACE. */
  static void alter(Scanner s, Finding f) {
    String name = toDatabase(s) ? Identifiers.read(s) : null;
    if (name == null) {
      return;
    }
    s.next();
    if (isWord(s, "rename")) {
      s.next();
      s.next();
      String other = Identifiers.read(s);
      if (other != null) {
        f.effect(new DatabaseChange("ALTER DATABASE", name, other));
      }
    } else if (s.word() == Word.SET) {
      s.next();
      if (isWord(s, "tablespace")) {
        f.effect(new DatabaseChange("ALTER DATABASE", name, null));
      }
    }
  }

  /** CREATE DATABASE name [WITH] [TEMPLATE [=] other]: it is the template that must be alone. */
  static void create(Scanner s, Finding f) {
    String name = toDatabase(s) ? Identifiers.read(s) : null;
    if (name == null) {
      return;
    }
    String template = DEFAULT_TEMPLATE;
    s.next();
    while (!StatementEnd.isAt(s)) {
      boolean named = isWord(s, "template");
      s.next();
      if (named) {
        if (s.token() == Token.OPERATOR) {
          s.next();
        }
        template = s.token() == Token.STRING ? s.string() : Identifiers.read(s);
        if (template == null || s.word() == Word.DEFAULT) {
          template = DEFAULT_TEMPLATE;
        }
      }
    }
    f.effect(new DatabaseChange("CREATE DATABASE", template, name));
  }

  /** To the token behind the word DATABASE; whether it comes. */
  private static boolean toDatabase(Scanner s) {
    s.next();
    if (!isWord(s, "database")) {
      return false;
    }
    s.next();
    return true;
  }

  private static Scanner ahead(Scanner s) {
    Scanner ahead = s.fork();
    ahead.next();
    return ahead;
  }

  private static boolean isWord(Scanner s, String word) {
    return s.token() == Token.NAME && s.nameText().equals(word);
  }
}
