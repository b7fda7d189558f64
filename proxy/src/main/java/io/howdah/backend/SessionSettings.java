package io.howdah.backend;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
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

  /** The parameter that SET ROLE sets. */
  public static final String ROLE = "role";

  /** The parameter that SET SESSION AUTHORIZATION sets. */
  public static final String USER = "session_authorization";

  /** The parameter of two halves, either of which may be set alone. */
  public static final String DATE_STYLE = "datestyle";

  private static final List<String> IDENTITY = List.of(USER, ROLE);

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
   *
   * <p>What a role may not set, its session may have set before it took the role: so the user and
   * role are put back before anything else changes, and taken on again behind it. The user comes
   * before the role, which it resets.
   */
  public String sqlFrom(SessionSettings other) {
    if (equals(other)) {
      return "";
    }
    boolean asAnother = other.values.containsKey(USER) || other.values.containsKey(ROLE);
    StringBuilder sql = new StringBuilder();
    if (other.values.containsKey(USER)) {
      reset(sql, USER);
    }
    if (asAnother) {
      reset(sql, ROLE);
    }
    for (Map.Entry<String, String> e : other.values.entrySet()) {
      if (!values.containsKey(e.getKey()) && !isIdentity(e.getKey())) {
        reset(sql, e.getKey());
      }
    }
    int before = sql.length();
    for (Map.Entry<String, String> e : values.entrySet()) {
      if (!isIdentity(e.getKey()) && !e.getValue().equals(other.values.get(e.getKey()))) {
        set(sql, before, e.getKey());
      }
    }
    for (String name : IDENTITY) {
      if (values.containsKey(name)) {
        set(sql, before, name);
      }
    }
    return sql.toString();
  }

  private static boolean isIdentity(String name) {
    return name.equals(ROLE) || name.equals(USER);
  }

  private static void reset(StringBuilder sql, String name) {
    sql.append("RESET ").append(identifier(name)).append(';');
  }

  private void set(StringBuilder sql, int first, String name) {
    sql.append(sql.length() == first ? "SELECT pg_catalog.set_config(" : ",pg_catalog.set_config(")
        .append(literal(name))
        .append(',')
        .append(literal(values.get(name)))
        .append(",false)");
  }

  /** A parameter's name as the keys are written. */
  public static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** A parameter's name as RESET takes it: {@code class.name} has each part quoted. */
  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"").replace(".", "\".\"") + '"';
  }

  /** An E'' string, right whatever {@code standard_conforming_strings} says. */
  static String literal(String value) {
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
