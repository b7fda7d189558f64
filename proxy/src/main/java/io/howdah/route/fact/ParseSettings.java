package io.howdah.route.fact;

import java.util.Set;

/**
 * The parameters that decide what a statement's text means when PostgreSQL analyses it: which
 * objects its names stand for, who may see them, and what its constants are, which are read then
 * and not when it runs.
 *
 * @see <a href="https://www.postgresql.org/docs/18/runtime-config-client.html">PostgreSQL, section
 *     19.11</a>
 */
public final class ParseSettings {
  private static final Set<String> NAMES =
      Set.of(
          "search_path",
          "role",
          "session_authorization",
          "standard_conforming_strings",
          "backslash_quote",
          "client_encoding",
          "datestyle",
          "intervalstyle",
          "timezone",
          "timezone_abbreviations",
          "lc_monetary",
          "xmloption",
          "array_nulls",
          "transform_null_equals");

  private ParseSettings() {}

  /**
   * Whether the meaning of texts depends on a parameter.
   *
   * @param name in lower case
   */
  public static boolean matter(String name) {
    return NAMES.contains(name);
  }
}
