package io.howdah.route.classify;

import io.howdah.route.lexer.Name;
import io.howdah.route.lexer.Numbers;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;
import java.util.ArrayList;
import java.util.List;

/** A parameter's name and value as they stand in a statement, at the current token. */
final class SettingValue {
  private SettingValue() {}

  /** Stands for a name that can't be told. */
  static final String ILLEGIBLE = "";

  /**
   * A name with dots, folded, each part cut; the token after it is current. Null when it is none,
   * {@link #ILLEGIBLE} when it can't be told.
   */
  static String parameterName(Scanner s) {
    StringBuilder name = new StringBuilder();
    boolean legible = true;
    while (s.token() == Token.NAME || s.token() == Token.QUOTED_NAME) {
      String part = identifier(s);
      legible &= part != null;
      // Parameters are found without regard to case, quoted or not.
      name.append(legible ? Name.fold(part) : "");
      if (s.next() != Token.DOT) {
        return legible ? name.toString() : ILLEGIBLE;
      }
      name.append('.');
      s.next();
    }
    return null;
  }

  /** The current name; null when it can't be told. */
  private static String identifier(Scanner s) {
    return s.isLegible() ? Identifiers.read(s) : null;
  }

  static List<String> values(Scanner s) {
    List<String> one = new ArrayList<>();
    one.add(value(s));
    return one;
  }

  /** The value that the current token is, as SHOW would tell it; null when it can't be told. */
  static String value(Scanner s) {
    return switch (s.token()) {
      case STRING -> s.string();
      case NAME, QUOTED_NAME -> identifier(s);
      case NUMBER -> Numbers.plain(s.text());
      case OPERATOR -> {
        String sign = s.text();
        boolean number = s.next() == Token.NUMBER;
        yield !number
            ? null
            : sign.equals("-") ? "-" + Numbers.plain(s.text()) : Numbers.plain(s.text());
      }
      default -> null;
    };
  }

  static List<String> zone(Scanner s) {
    if (s.word() != Word.INTERVAL) {
      return values(s);
    }
    List<String> one = new ArrayList<>();
    s.next();
    if (s.token() == Token.OPEN) {
      one.add(null);
    } else {
      String v = value(s);
      Token behind = s.fork().next();
      // What a unit behind it makes of it only the server tells.
      boolean whole = behind == Token.END || behind == Token.SEMICOLON;
      one.add(v == null || !whole ? null : "INTERVAL '" + v.replace("'", "''") + "'");
    }
    return one;
  }
}
