package io.howdah.frontend.startup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a StartupMessage asks for, sorted: who, where, and the session's first settings.
 *
 * @param user the user name; null when missing
 * @param database the database name; the user's name when missing
 * @param replication the value of the parameter of that name, or null
 * @param switches the parameter {@code options}, unread; empty when missing
 * @param direct run-time parameters that were given by themselves, by name in lower case
 * @param passed {@code options} and those, as they were given, for a server that is to read them
 *     itself; only where {@code replication} is given
 * @param unknownProtocolOptions parameters that begin with {@code _pq_.}, which Howdah does not
 *     know
 */
public record StartupOptions(
    String user,
    String database,
    String replication,
    String switches,
    Map<String, String> direct,
    Map<String, String> passed,
    List<String> unknownProtocolOptions) {

  public static StartupOptions of(Map<String, String> parameters) {
    String user = null;
    String database = null;
    String replication = null;
    Map<String, String> settings = new LinkedHashMap<>();
    Map<String, String> passed = new LinkedHashMap<>();
    String switches = "";
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<String, String> e : parameters.entrySet()) {
      String name = e.getKey();
      switch (name) {
        case "user" -> user = e.getValue();
        case "database" -> database = e.getValue();
        case "replication" -> replication = e.getValue();
        case "options" -> {
          switches = e.getValue();
          passed.put(name, switches);
        }
        default -> {
          if (name.startsWith("_pq_.")) {
            unknown.add(name);
          } else {
            settings.put(name.toLowerCase(Locale.ROOT), e.getValue());
            passed.put(name, e.getValue());
          }
        }
      }
    }
    return new StartupOptions(
        user == null || user.isEmpty() ? null : user,
        database == null || database.isEmpty() ? user : database,
        replication,
        switches,
        settings,
        replication == null ? Map.of() : passed,
        unknown);
  }

  /**
   * The session's first settings: run-time parameters by name in lower case, those in {@code
   * options} first, overruled by those given directly.
   *
   * @throws ServerSwitches.Refused when {@code options} can't be read
   */
  public Map<String, String> settings() {
    Map<String, String> all = new LinkedHashMap<>(ServerSwitches.parse(switches));
    all.putAll(direct);
    return all;
  }
}
