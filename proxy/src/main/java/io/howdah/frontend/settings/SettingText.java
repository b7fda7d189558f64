package io.howdah.frontend.settings;

import io.howdah.route.lexer.Name;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Turns the elements of a SET into the flat text that {@code set_config} and start-up options take,
 * the same that the server makes of them, so that SHOW tells the same on every connection.
 *
 * @see <a href="https://www.postgresql.org/docs/18/config-setting.html">PostgreSQL, section
 *     19.1</a>
 */
public final class SettingText {
  /** Parameters whose elements are identifiers or file names, quoted one by one if need be. */
  private static final Set<String> QUOTED_LISTS =
      Set.of(
          "search_path",
          "temp_tablespaces",
          "local_preload_libraries",
          "session_preload_libraries");

  private SettingText() {}

  /** Whether a parameter is a list whose elements are quoted one by one if need be. */
  static boolean isQuotedList(String name) {
    return QUOTED_LISTS.contains(name);
  }

  public static String flatten(String name, List<String> elements) {
    if (!QUOTED_LISTS.contains(name)) {
      return String.join(", ", elements);
    }
    return elements.stream().map(Name::quotedIfNeeded).collect(Collectors.joining(", "));
  }
}
