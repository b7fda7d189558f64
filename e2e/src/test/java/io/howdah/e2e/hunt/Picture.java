package io.howdah.e2e.hunt;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Everything that a session has, as far as SQL can tell.
 *
 * @param parts what was found, by what was looked at
 */
record Picture(Map<String, String> parts) {
  /** What the twin of a database of its own need not share. */
  private static final Map<String, String> QUESTIONS = questions();

  private static Map<String, String> questions() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(
        "settings",
        // Of a library that was loaded there are more, at their defaults.
        "SELECT pg_catalog.string_agg(name || '=' || setting, E'\\n')"
            + " FROM pg_catalog.pg_settings WHERE name NOT LIKE 'plpgsql.%'");
    for (String own : Routes.OWN) {
      // Named by another session on the same server connection it is empty (README, limits).
      all.put(own, "SELECT nullif(pg_catalog.current_setting('" + own + "', true), '')");
    }
    all.put("user", "SELECT current_user, session_user");
    all.put(
        "temporary objects",
        "SELECT pg_catalog.string_agg(what, ' ' ORDER BY what) FROM ("
            + "SELECT relname::text FROM pg_catalog.pg_class"
            + " WHERE relnamespace = pg_catalog.pg_my_temp_schema()"
            + " UNION ALL SELECT proname FROM pg_catalog.pg_proc"
            + " WHERE pronamespace = pg_catalog.pg_my_temp_schema()"
            + " UNION ALL SELECT typname FROM pg_catalog.pg_type"
            + " WHERE typnamespace = pg_catalog.pg_my_temp_schema()) t (what)");
    all.put(
        "prepared statements",
        "SELECT name FROM pg_catalog.pg_prepared_statements WHERE from_sql ORDER BY name");
    all.put("cursors", "SELECT name FROM pg_catalog.pg_cursors WHERE is_holdable ORDER BY name");
    all.put(
        "advisory locks",
        "SELECT objid, mode FROM pg_catalog.pg_locks WHERE locktype = 'advisory'"
            + " AND pid = pg_catalog.pg_backend_pid() ORDER BY 1, 2");
    all.put("channels", "SELECT c FROM pg_catalog.pg_listening_channels() AS t (c)");
    all.put("sequence", "SELECT pg_catalog.currval('public.hunt_seq')");
    return all;
  }

  /** Looks at a session that has no transaction. */
  static Picture of(Wire wire) throws IOException {
    byte[][] messages = QUESTIONS.values().stream().map(Send::query).toArray(byte[][]::new);
    wire.send(messages);
    Map<String, String> parts = new LinkedHashMap<>();
    for (String each : QUESTIONS.keySet()) {
      read(wire, each, parts);
    }
    wire.send(Send.describeStatement(Routes.STATEMENT), Send.sync());
    read(wire, "statement " + Routes.STATEMENT, parts);
    return new Picture(parts);
  }

  private static void read(Wire wire, String part, Map<String, String> parts) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (Message each = wire.read(); each.type() != 'Z'; each = wire.read()) {
      if (each.type() == 'D' && part.equals("settings")) {
        for (String setting : each.row().getFirst().split("\n")) {
          parts.put("setting " + setting.split("=", 2)[0], setting);
        }
      } else if (each.type() == 'D') {
        rows.append(each.row());
      } else if (each.type() == 'E') {
        rows.append(each.sqlstate());
      }
    }
    parts.put(part, rows.toString());
  }

  /** What differs from how it should be, one line each; empty if nothing does. */
  String differenceFrom(Picture expected) {
    Map<String, String> all = new LinkedHashMap<>(expected.parts);
    all.putAll(parts);
    return all.keySet().stream()
        .filter(each -> !Objects.equals(parts.get(each), expected.parts.get(each)))
        .map(
            each ->
                "%s: %s instead of %s".formatted(each, parts.get(each), expected.parts.get(each)))
        .collect(Collectors.joining("\n"));
  }
}
