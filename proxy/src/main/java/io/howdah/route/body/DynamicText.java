package io.howdah.route.body;

import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;

/**
 * The text that PL/pgSQL's EXECUTE runs, where it is put together from constants and from names and
 * values that are quoted: whatever those are, they can't change what the text does.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/18/plpgsql-statements.html#PLPGSQL-QUOTE-LITERAL-EXAMPLE">
 *     PL/pgSQL, section 41.5.4</a>
 */
final class DynamicText {
  /** Stands for a quoted name that can't be told. */
  static final String SOME_NAME = "?";

  private static final String NAME = '"' + SOME_NAME + '"';
  private static final String VALUE = "'?'";

  private final Scanner s;
  private final StringBuilder text = new StringBuilder();

  private DynamicText(Scanner s) {
    this.s = s;
  }

  /** Reads on behind EXECUTE; null where it can't be told what would run. */
  static String read(Scanner s) {
    return new DynamicText(s).read();
  }

  private String read() {
    while (true) {
      if (!operand(s.next())) {
        return null;
      }
      switch (s.next()) {
        case SEMICOLON, END -> {
          return text.toString();
        }
        case NAME -> {
          return switch (s.nameText()) {
            case "into", "using", "loop" -> text.toString();
            default -> null;
          };
        }
        case OPERATOR -> {
          if (!s.text().equals("||")) {
            return null;
          }
        }
        default -> {
          return null;
        }
      }
    }
  }

  private boolean operand(Token t) {
    if (t == Token.STRING) {
      String constant = s.string();
      text.append(constant);
      return constant != null;
    }
    if (t != Token.NAME) {
      return false;
    }
    String function = s.nameText();
    if (s.next() != Token.OPEN) {
      return false;
    }
    return switch (function) {
      case "quote_ident" -> quoted(NAME);
      case "quote_literal", "quote_nullable" -> quoted(VALUE);
      case "format" -> s.next() == Token.STRING && format(s.string()) && arguments();
      default -> false;
    };
  }

  private boolean quoted(String what) {
    text.append(what);
    return toClose();
  }

  /** The template is over, and what follows is quoted by it. */
  private boolean arguments() {
    Token t = s.next();
    return t == Token.CLOSE || (t == Token.COMMA && toClose());
  }

  /** To the parenthesis that closes the one that is open. */
  private boolean toClose() {
    int depth = 1;
    while (depth > 0) {
      switch (s.next()) {
        case OPEN -> depth++;
        case CLOSE -> depth--;
        case END, ERROR -> {
          return false;
        }
        default -> {}
      }
    }
    return true;
  }

  /** What {@code format} makes of a template with no other places than quoted ones. */
  private boolean format(String template) {
    int i = 0;
    while (template != null && i < template.length()) {
      char c = template.charAt(i++);
      if (c != '%') {
        text.append(c);
        continue;
      }
      while (i < template.length() && "0123456789$-*".indexOf(template.charAt(i)) >= 0) {
        i++;
      }
      switch (i < template.length() ? template.charAt(i++) : ' ') {
        case 'I' -> text.append(NAME);
        case 'L' -> text.append(VALUE);
        case '%' -> text.append('%');
        default -> {
          return false;
        }
      }
    }
    return template != null;
  }
}
