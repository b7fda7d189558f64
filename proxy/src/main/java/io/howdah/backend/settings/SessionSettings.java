package io.howdah.backend.settings;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The run-time parameters that a client session has set, by start-up options or SET, as flat text
 * such as {@code set_config} takes. Immutable. Names are in lower case.
 *
 * <p>A parameter of one's own, whose name has a dot in it, comes to be when it is first set or
 * reset, whatever becomes of the transaction, and is there until the server session ends: empty
 * where nothing else was set. Those without a value here that have come to be are kept too.
 *
 * @see <a href="https://www.postgresql.org/docs/18/functions-admin.html">set_config</a>
 */
public final class SessionSettings {
  /** Nothing set: what the server gives every new session of this user and database. */
  public static final SessionSettings NONE =
      new SessionSettings(SettingValues.NONE, SettingValues.NONE);

  /** More parameters of one's own without a value are not kept: a client could fill the memory. */
  static final int MOST_EMPTY = 1000;

  /** A row has at most 1664 columns, of which each value that is set takes one. */
  private static final int MOST_A_ROW = 1000;

  /** The parameter that SET ROLE sets. */
  public static final String ROLE = "role";

  /** The parameter that SET SESSION AUTHORIZATION sets. */
  public static final String USER = "session_authorization";

  /** The parameter of two halves, either of which may be set alone. */
  public static final String DATE_STYLE = "datestyle";

  /** The parameter that can't be changed once temporary tables were used. */
  public static final String TEMP_BUFFERS = "temp_buffers";

  private static final List<String> IDENTITY = List.of(USER, ROLE);

  private final SettingValues values;

  /** Parameters of one's own that have come to be and have no value: names alone. */
  private final SettingValues empty;

  private SessionSettings(SettingValues values, SettingValues empty) {
    this.values = values;
    this.empty = empty;
  }

  /** Settings from a map of names in lower case. */
  public static SessionSettings of(Map<String, String> values) {
    return of(SettingValues.of(values), SettingValues.NONE);
  }

  private static SessionSettings of(SettingValues values, SettingValues empty) {
    if (values.isEmpty() && empty.isEmpty()) {
      return NONE;
    }
    String style = values.get(DATE_STYLE);
    return new SessionSettings(
        style == null ? values : values.with(DATE_STYLE, DateStyle.over(null, style)), empty);
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

  /** What they take in memory, about. */
  public long bytes() {
    return values.bytes() + empty.bytes();
  }

  /** What one more would take, about. */
  public static long cost(String name, String value) {
    return SettingValues.cost(name, value);
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
    return of(values.with(name, now), empty);
  }

  /** With one parameter back at the server's own value. */
  public SessionSettings without(String name) {
    if (!values.containsKey(name)) {
      return this;
    }
    return of(values.without(name), empty).withPlaceholder(name);
  }

  /** Whether a parameter is nobody's but those who set it, unless an extension has defined it. */
  public static boolean isCustom(String name) {
    return name.indexOf('.') >= 0;
  }

  /** Where a parameter has come to be, if it is one of one's own. */
  public SessionSettings withPlaceholder(String name) {
    if (!isCustom(name) || knows(name) || empty.size() >= MOST_EMPTY) {
      return this;
    }
    return new SessionSettings(values, empty.with(name, ""));
  }

  /** Where all those of one's own have come to be that other settings know. */
  public SessionSettings withPlaceholder(SessionSettings others) {
    if (others == this) {
      return this;
    }
    SessionSettings all = this;
    for (String name : others.empty.keySet()) {
      all = all.withPlaceholder(name);
    }
    for (String name : others.values.keySet()) {
      all = all.withPlaceholder(name);
    }
    return all;
  }

  /** Whether a parameter is set here, or is one of one's own that has come to be. */
  public boolean knows(String name) {
    return values.containsKey(name) || empty.containsKey(name);
  }

  /** The parameters of one's own that have come to be, with or without a value. */
  public Set<String> customNames() {
    Set<String> names = new TreeSet<>(empty.keySet());
    for (String name : values.keySet()) {
      if (isCustom(name)) {
        names.add(name);
      }
    }
    return names;
  }

  /**
   * Whether a server session with these settings will do for a session with those {@code wanted}.
   */
  public boolean satisfies(SessionSettings wanted) {
    if (this == wanted) {
      return true;
    }
    if (!values.equals(wanted.values)) {
      return false;
    }
    return empty.keySet().containsAll(wanted.empty.keySet());
  }

  /**
   * The SQL that turns a session with {@code other} settings into one with these: one string, which
   * the server runs whole or not at all. Empty when there is no difference.
   *
   * <p>What a role may not set, its session may have set before it took the role: so the user and
   * role are put back before anything else changes, and taken on again behind it. The user comes
   * before the role, which it resets.
   *
   * <p>No value comes back: the session's encoding may lack its characters.
   */
  public String sqlFrom(SessionSettings other) {
    if (other.satisfies(this)) {
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
    for (String name : empty.keySet()) {
      if (!other.knows(name)) {
        // So it comes to be.
        reset(sql, name);
      }
    }
    int before = sql.length();
    int columns = 0;
    for (Map.Entry<String, String> e : values.entrySet()) {
      if (!isIdentity(e.getKey()) && !e.getValue().equals(other.values.get(e.getKey()))) {
        if (columns++ == MOST_A_ROW) {
          sql.append(';');
          before = sql.length();
          columns = 1;
        }
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

  /** Whether both have the same value of a parameter, or neither has one. */
  public boolean agree(SessionSettings other, String name) {
    return Objects.equals(values.get(name), other.values.get(name));
  }

  private static boolean isIdentity(String name) {
    return name.equals(ROLE) || name.equals(USER);
  }

  private static void reset(StringBuilder sql, String name) {
    if (AsciiText.isIdentifier(name)) {
      sql.append("RESET ").append(identifier(name)).append(';');
    } else {
      sql.append("SELECT pg_catalog.set_config(")
          .append(AsciiText.literal(name))
          .append(",NULL,false) IS NULL;");
    }
  }

  private void set(StringBuilder sql, int first, String name) {
    sql.append(sql.length() == first ? "SELECT pg_catalog.set_config(" : ",pg_catalog.set_config(")
        .append(AsciiText.literal(name))
        .append(',')
        .append(AsciiText.literal(values.get(name)))
        .append(",false) IS NULL");
  }

  /** A parameter's name as the keys are written. */
  public static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** A parameter's name as RESET takes it: {@code class.name} has each part quoted. */
  public static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"").replace(".", "\".\"") + '"';
  }

  @Override
  public boolean equals(Object o) {
    return this == o
        || o instanceof SessionSettings other
            && values.equals(other.values)
            && empty.equals(other.empty);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
