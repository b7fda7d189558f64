package io.howdah.frontend;

import io.howdah.wire.ProtocolException;
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
 * @param settings run-time parameters, by name in lower case: those given directly and those in
 *     {@code options}
 * @param unknownProtocolOptions parameters that begin with {@code _pq_.}, which Howdah does not
 *     know
 * @see <a href="https://www.postgresql.org/docs/18/libpq-connect.html">options: backslashes escape
 *     spaces</a>
 */
record StartupOptions(
    String user,
    String database,
    String replication,
    Map<String, String> settings,
    List<String> unknownProtocolOptions) {

  static StartupOptions of(Map<String, String> parameters) {
    String user = null;
    String database = null;
    String replication = null;
    Map<String, String> settings = new LinkedHashMap<>();
    Map<String, String> fromOptions = Map.of();
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<String, String> e : parameters.entrySet()) {
      String name = e.getKey();
      switch (name) {
        case "user" -> user = e.getValue();
        case "database" -> database = e.getValue();
        case "replication" -> replication = e.getValue();
        case "options" -> fromOptions = parse(e.getValue());
        default -> {
          if (name.startsWith("_pq_.")) {
            unknown.add(name);
          } else {
            settings.put(name.toLowerCase(Locale.ROOT), e.getValue());
          }
        }
      }
    }
    Map<String, String> all = new LinkedHashMap<>(fromOptions);
    all.putAll(settings);
    return new StartupOptions(
        user == null || user.isEmpty() ? null : user,
        database == null || database.isEmpty() ? user : database,
        replication,
        all,
        unknown);
  }

  /**
   * Reads server command-line options: {@code -c name=value}, {@code -cname=value} and {@code
   * --name=value}.
   *
   * @throws ProtocolException on any other
   */
  static Map<String, String> parse(String options) {
    Map<String, String> settings = new LinkedHashMap<>();
    List<String> words = words(options);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      String assignment;
      if (word.equals("-c") && i + 1 < words.size()) {
        assignment = words.get(++i);
      } else if (word.startsWith("-c") && word.length() > 2) {
        assignment = word.substring(2);
      } else if (word.startsWith("--") && word.length() > 2) {
        assignment = word.substring(2);
      } else {
        throw new ProtocolException("invalid command-line argument for server process: " + word);
      }
      int eq = assignment.indexOf('=');
      if (eq < 1) {
        throw new ProtocolException(
            (word.startsWith("--") ? "--" : "-c ") + assignment + " requires a value");
      }
      String name = assignment.substring(0, eq).replace('-', '_').toLowerCase(Locale.ROOT);
      settings.put(name, assignment.substring(eq + 1));
    }
    return settings;
  }

  private static List<String> words(String options) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    for (int i = 0; i < options.length(); i++) {
      char c = options.charAt(i);
      if (Character.isWhitespace(c)) {
        if (word != null) {
          words.add(word.toString());
          word = null;
        }
        continue;
      }
      if (word == null) {
        word = new StringBuilder();
      }
      if (c == '\\' && i + 1 < options.length()) {
        word.append(options.charAt(++i));
      } else {
        word.append(c);
      }
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }
}
