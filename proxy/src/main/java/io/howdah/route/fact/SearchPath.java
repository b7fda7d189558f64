package io.howdah.route.fact;

import io.howdah.route.lexer.Name;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the value of {@code search_path}: identifiers with commas between, quoted or not, of which
 * {@code $user} stands for the schema of the current user's name.
 *
 * @see <a href="https://www.postgresql.org/docs/18/ddl-schemas.html">PostgreSQL, section 5.10.3</a>
 */
public final class SearchPath {
  private SearchPath() {}

  /**
   * The schemas in order, or null when the value is not one.
   *
   * @param user the current user
   */
  public static List<String> read(String value, String user) {
    List<String> schemas = new ArrayList<>();
    int at = skipSpace(value, 0);
    while (at < value.length()) {
      StringBuilder name = new StringBuilder();
      at = value.charAt(at) == '"' ? quoted(value, at + 1, name) : unquoted(value, at, name);
      if (at < 0) {
        return null;
      }
      schemas.add(name.toString().equals("$user") ? user : name.toString());
      at = skipSpace(value, at);
      if (at < value.length()) {
        if (value.charAt(at) != ',') {
          return null;
        }
        at = skipSpace(value, at + 1);
        if (at == value.length()) {
          return null;
        }
      }
    }
    return schemas;
  }

  private static int quoted(String value, int from, StringBuilder name) {
    int at = from;
    while (at < value.length()) {
      char c = value.charAt(at++);
      if (c != '"') {
        name.append(c);
      } else if (at < value.length() && value.charAt(at) == '"') {
        name.append('"');
        at++;
      } else {
        return at;
      }
    }
    return -1;
  }

  private static int unquoted(String value, int from, StringBuilder name) {
    int at = from;
    while (at < value.length() && value.charAt(at) != ',' && !isSpace(value.charAt(at))) {
      if (value.charAt(at) == '"') {
        return -1;
      }
      at++;
    }
    name.append(Name.fold(value.substring(from, at)));
    return at == from ? -1 : at;
  }

  private static int skipSpace(String value, int from) {
    int at = from;
    while (at < value.length() && isSpace(value.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c >= '\t' && c <= '\r';
  }
}
