package io.howdah.backend;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The run-time parameters that a client session has set, by start-up options or SET, as flat text
 * such as {@code set_config} takes. Immutable. Names are in lower case.
 *
 * @see <a href="https://www.postgresql.org/docs/18/functions-admin.html">set_config</a>
 */
public final class SessionSettings {
  /** Nothing set: what the server gives every new session of this user and database. */
  public static final SessionSettings NONE = new SessionSettings(Map.of());

  private static final String DATE_STYLE = "datestyle";

  private final Map<String, String> values;
  private final int hash;

  private SessionSettings(Map<String, String> values) {
    this.values = values;
    this.hash = values.hashCode();
  }

  /** Settings from a map of names in lower case. */
  public static SessionSettings of(Map<String, String> values) {
    if (values.isEmpty()) {
      return NONE;
    }
    TreeMap<String, String> copy = new TreeMap<>(values);
    copy.computeIfPresent(DATE_STYLE, (_, value) -> DateStyle.over(null, value));
    return new SessionSettings(Collections.unmodifiableMap(copy));
  }

  /**
   * What a parameter is once it was set to {@code value}: that value, but for DateStyle, of which a
   * part may be left as it was.
   *
   * @param before its value, null when it is the server's own
   */
  public static String valueOver(String before, String name, String value) {
    return name.equals(DATE_STYLE) ? DateStyle.over(before, value) : value;
  }

  /** The values by name. */
  public Map<String, String> values() {
    return values;
  }

  /** With one more or another value. */
  public SessionSettings with(String name, String value) {
    String now = valueOver(values.get(name), name, value);
    if (now.equals(values.get(name))) {
      return this;
    }
    Map<String, String> copy = new TreeMap<>(values);
    copy.put(name, now);
    return of(copy);
  }

  /** With one parameter back at the server's own value. */
  public SessionSettings without(String name) {
    if (!values.containsKey(name)) {
      return this;
    }
    Map<String, String> copy = new TreeMap<>(values);
    copy.remove(name);
    return of(copy);
  }

  /**
   * The SQL that turns a session with {@code other} settings into one with these: one string, which
   * the server runs whole or not at all. Empty when there is no difference.
   */
  public String sqlFrom(SessionSettings other) {
    StringBuilder sql = new StringBuilder();
    for (String name : other.values.keySet()) {
      if (!values.containsKey(name)) {
        sql.append("RESET ").append(identifier(name)).append(';');
      }
    }
    boolean first = true;
    for (Map.Entry<String, String> e : values.entrySet()) {
      if (!e.getValue().equals(other.values.get(e.getKey()))) {
        sql.append(first ? "SELECT pg_catalog.set_config(" : ",pg_catalog.set_config(")
            .append(literal(e.getKey()))
            .append(',')
            .append(literal(e.getValue()))
            .append(",false)");
        first = false;
      }
    }
    return sql.toString();
  }

  /** A parameter's name as RESET takes it: {@code class.name} has each part quoted. */
  private static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"").replace(".", "\".\"") + '"';
  }

  /** An E'' string, right whatever {@code standard_conforming_strings} says. */
  private static String literal(String value) {
    return " E'" + value.replace("\\", "\\\\").replace("'", "''") + '\'';
  }

  @Override
  public boolean equals(Object o) {
    return this == o
        || o instanceof SessionSettings other && hash == other.hash && values.equals(other.values);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
