package io.howdah.route.body;

import io.howdah.route.function.SessionUse;
import java.util.Map;
import java.util.Set;

/** What is known of functions in C, whose bodies nobody can read. */
final class OpaqueCode {
  /** Functions of extensions that leave something in the session which nothing shows. */
  private static final Map<String, Set<String>> UNSEEN =
      Map.of(
          "dblink", Set.of("dblink_connect", "dblink_connect_u"),
          "hypopg", Set.of("hypopg_create_index", "hypopg_hide_index"),
          "set_user", Set.of("set_user", "set_user_u", "set_session_auth"),
          "temporal_tables", Set.of("set_system_time"));

  /** Functions of extensions that run a string as SQL, or set a parameter. */
  private static final Map<String, Set<String>> LOOK =
      Map.of(
          "pg_trgm", Set.of("set_limit"),
          "tablefunc",
              Set.of(
                  "crosstab",
                  "crosstab2",
                  "crosstab3",
                  "crosstab4",
                  "crosstabn",
                  "crosstab_hash",
                  "connectby"),
          "xml2", Set.of("xpath_table"));

  private OpaqueCode() {}

  /** Another name for one of the server's own functions. */
  static RoutineBody ofServer(String symbol) {
    if (symbol.equals("set_config_by_name")
        || symbol.equals("setseed")
        || symbol.startsWith("pg_replication_origin_session_")) {
      return RoutineBody.of(SessionUse.UNSEEN, symbol);
    }
    if (symbol.startsWith("pg_advisory_lock_") || symbol.startsWith("pg_try_advisory_lock_")) {
      return RoutineBody.of(SessionUse.CERTAIN, symbol);
    }
    return symbol.startsWith("query_to_xml") || symbol.startsWith("cursor_to_xml")
        ? RoutineBody.of(SessionUse.PERHAPS, symbol)
        : RoutineBody.HARMLESS;
  }

  /** A function of an extension, or of a library that somebody wrote. */
  static RoutineBody ofLibrary(String extension, String name, boolean immutable) {
    if (extension == null) {
      return immutable
          ? RoutineBody.HARMLESS
          : RoutineBody.of(SessionUse.PERHAPS, "C code of no extension");
    }
    if (extension.equals("pg_variables")
        || UNSEEN.getOrDefault(extension, Set.of()).contains(name)) {
      return RoutineBody.of(SessionUse.UNSEEN, name + " of " + extension);
    }
    return LOOK.getOrDefault(extension, Set.of()).contains(name)
        ? RoutineBody.of(SessionUse.PERHAPS, name + " of " + extension)
        : RoutineBody.HARMLESS;
  }
}
