package io.howdah.backend.settings;

import java.util.Locale;

/**
 * The parameter DateStyle, the one whose new value may build on the old: {@code SET datestyle TO
 * ymd} changes the order of year, month and day, and leaves the output style. Replayed on another
 * server connection that would leave there what some other session has set. So a value is kept with
 * both parts, and a part never set is asked for as {@code default}.
 *
 * @see <a href="https://www.postgresql.org/docs/18/runtime-config-client.html#GUC-DATESTYLE">
 *     DateStyle</a>
 */
final class DateStyle {
  private String style;
  private String order;
  private boolean defaults;

  private DateStyle() {}

  /**
   * The value that {@code text} makes of {@code before}, which may be null. A text that no server
   * would take is given back as it is.
   */
  static String over(String before, String text) {
    DateStyle now = new DateStyle();
    if (!now.read(text)) {
      return text;
    }
    if (now.order == null && "German".equals(now.style) && !now.defaults) {
      // This style brings its order with it.
      now.order = "DMY";
    }
    if (!now.defaults && before != null) {
      now.fill(before);
    }
    return now.toString();
  }

  private void fill(String before) {
    DateStyle old = new DateStyle();
    if (old.read(before)) {
      style = style == null ? old.style : style;
      order = order == null ? old.order : order;
    }
  }

  /** False when there is a word that is not known. */
  private boolean read(String text) {
    for (String word : text.split(",")) {
      if (!word(word.replace("\"", "").trim().toLowerCase(Locale.ROOT))) {
        return false;
      }
    }
    return true;
  }

  private boolean word(String word) {
    switch (word) {
      case "iso" -> style = "ISO";
      case "sql" -> style = "SQL";
      case "german" -> style = "German";
      case "ymd" -> order = "YMD";
      case "dmy" -> order = "DMY";
      case "mdy", "us" -> order = "MDY";
      case "default" -> defaults = true;
      default -> {
        return prefixed(word);
      }
    }
    return true;
  }

  /** The words that the server knows by their beginning. */
  private boolean prefixed(String word) {
    if (word.startsWith("postgres")) {
      style = "Postgres";
    } else if (word.startsWith("euro")) {
      order = "DMY";
    } else if (word.startsWith("noneuro")) {
      order = "MDY";
    } else {
      return false;
    }
    return true;
  }

  @Override
  public String toString() {
    if (style == null) {
      return order == null ? "default" : order + ", default";
    }
    return style + ", " + (order == null ? "default" : order);
  }
}
