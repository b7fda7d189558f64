package io.howdah.route.lexer;

/**
 * A statement's text without its values, for logs: a value may be a password, or what a table
 * holds. Constants become a question mark, and so does whatever a SET sets; comments go. What the
 * scanner does not understand, and what follows a backslash, which sessions read in different ways,
 * is left out.
 */
public final class BareText {
  private static final String VALUE = "?";
  private static final String MORE = "...";

  private final Scanner scanner = new Scanner();
  private final StringBuilder out = new StringBuilder();
  private final int limit;
  private boolean first = true;
  private boolean setting;
  private boolean value;

  private BareText(byte[] sql) {
    int end = 0;
    while (end < sql.length && sql[end] != '\\') {
      end++;
    }
    limit = end;
    scanner.reset(sql, 0, limit, true);
  }

  /**
   * The text.
   *
   * @param most characters at most
   */
  public static String of(byte[] sql, int most) {
    BareText bare = new BareText(sql);
    boolean whole = bare.write(most) && bare.limit == sql.length;
    String text = bare.out.toString();
    if (whole && text.length() <= most) {
      return text;
    }
    return text.substring(0, Math.min(text.length(), most - MORE.length())).stripTrailing() + MORE;
  }

  /** Whether that was all. */
  private boolean write(int most) {
    int end = 0;
    while (out.length() <= most) {
      Token token = scanner.next();
      if (token == Token.END) {
        return true;
      }
      if (token == Token.ERROR) {
        return false;
      }
      if (!out.isEmpty() && scanner.start() > end) {
        out.append(' ');
      }
      String text = scanner.text();
      end = scanner.end();
      write(token, text);
    }
    return false;
  }

  private void write(Token token, String text) {
    switch (token) {
      case STRING, BITS, NUMBER -> out.append(VALUE);
      case SEMICOLON -> {
        first = true;
        setting = false;
        value = false;
        out.append(text);
        return;
      }
      case NAME, QUOTED_NAME -> {
        out.append(value ? VALUE : text);
        setting |= first && text.equalsIgnoreCase("SET");
        value |= setting && text.equalsIgnoreCase("TO");
      }
      default -> {
        out.append(text);
        value |= setting && text.equals("=");
      }
    }
    first = false;
  }
}
