package io.howdah.frontend;

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
final class SettingText {
  /** Parameters whose elements are identifiers or file names, quoted one by one. */
  private static final Set<String> QUOTED_LISTS =
      Set.of(
          "search_path",
          "temp_tablespaces",
          "local_preload_libraries",
          "session_preload_libraries");

  /**
   * The keywords that the server quotes when they are names: all but the unreserved.
   *
   * @see <a href="https://www.postgresql.org/docs/18/sql-keywords-appendix.html">PostgreSQL,
   *     appendix C</a>
   */
  private static final Set<String> KEYWORDS =
      Set.of(
          """
          all analyse analyze and any array as asc asymmetric authorization between bigint binary
          bit boolean both case cast char character check coalesce collate collation column
          concurrently constraint create cross current_catalog current_date current_role
          current_schema current_time current_timestamp current_user dec decimal default deferrable
          desc distinct do else end except exists extract false fetch float for foreign freeze from
          full grant greatest group grouping having ilike in initially inner inout int integer
          intersect interval into is isnull join json json_array json_arrayagg json_exists
          json_object json_objectagg json_query json_scalar json_serialize json_table json_value
          lateral leading least left like limit localtime localtimestamp merge_action national
          natural nchar none normalize not notnull null nullif numeric offset on only or order out
          outer overlaps overlay placing position precision primary real references returning right
          row select session_user setof similar smallint some substring symmetric system_user table
          tablesample then time timestamp to trailing treat trim true union unique user using values
          varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement
          xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
          """
              .strip()
              .split("\\s+"));

  private SettingText() {}

  static String flatten(String name, List<String> elements) {
    if (!QUOTED_LISTS.contains(name)) {
      return String.join(", ", elements);
    }
    return elements.stream().map(SettingText::identifier).collect(Collectors.joining(", "));
  }

  private static String identifier(String name) {
    boolean plain = !name.isEmpty() && !Character.isDigit(name.charAt(0));
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      plain &= c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_';
    }
    return plain && !KEYWORDS.contains(name) ? name : '"' + name.replace("\"", "\"\"") + '"';
  }
}
