package io.howdah.frontend.startup;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Parameters of the start-up packet that work only there: the server refuses to set them later, or
 * takes them and does nothing more. Clients that ask for such get server connections that were
 * opened with the same ones, in pools of their own.
 *
 * @see <a href="https://www.postgresql.org/docs/18/view-pg-settings.html">pg_settings, contexts
 *     backend and superuser-backend</a>
 */
public final class StartOnly {
  private static final Set<String> NAMES =
      Set.of(
          "ignore_system_indexes",
          "local_preload_libraries",
          "log_connections",
          "log_disconnections",
          "post_auth_delay",
          "session_preload_libraries",
          // They can be set later, but not reset; at the start the server only looks at the value.
          "seed",
          "transaction_deferrable",
          "transaction_isolation",
          "transaction_read_only");

  private StartOnly() {}

  /**
   * Takes them out of the settings that a start-up packet asks for.
   *
   * @param all by name in lower case; what is taken is gone from it
   */
  public static Map<String, String> take(Map<String, String> all) {
    Map<String, String> taken = new TreeMap<>(all);
    taken.keySet().retainAll(NAMES);
    all.keySet().removeAll(taken.keySet());
    taken.replaceAll(StartOnlyValue::canonical);
    return Map.copyOf(taken);
  }
}
