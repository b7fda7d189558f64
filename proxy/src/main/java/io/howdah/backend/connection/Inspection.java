package io.howdah.backend.connection;

import io.howdah.backend.settings.SessionSettings;
import io.howdah.error.PgError;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks a server session what state it holds, in one simple query outside a transaction. Every name
 * in it is qualified, so that no search_path of the session's can change what it means.
 *
 * <p>Thread: the event loop of the connection.
 *
 * @see <a href="https://www.postgresql.org/docs/18/view-pg-settings.html">pg_settings</a>
 */
public final class Inspection implements RowChore {
  /** What to look at. */
  public enum Part {
    /** Parameters that were set in the session, and who it is. Not those that nobody defined. */
    SETTINGS(
        "SELECT CASE WHEN setting OPERATOR(pg_catalog.=) reset_val THEN 'd' ELSE 's' END,"
            + " name, setting FROM pg_catalog.pg_settings"
            + " WHERE source OPERATOR(pg_catalog.=) 'session'"
            + " UNION ALL SELECT 'i', 'role', pg_catalog.current_setting('role')"
            + " UNION ALL SELECT 'i', 'session_authorization', session_user::pg_catalog.text"),
    /** Whatever is in the session's own temporary schema: all of it depends on the schema. */
    TEMPORARY_OBJECTS(
        "SELECT 't', '', pg_catalog.count(*)::pg_catalog.text FROM pg_catalog.pg_depend"
            + " WHERE refclassid OPERATOR(pg_catalog.=) 2615"
            + " AND refobjid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()"
            + " AND pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.<>) 0"),
    /** Outside a transaction all advisory locks are the session's. */
    ADVISORY_LOCKS(
        "SELECT 'l', '', pg_catalog.count(*)::pg_catalog.text FROM pg_catalog.pg_locks"
            + " WHERE locktype OPERATOR(pg_catalog.=) 'advisory'"
            + " AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()"),
    HELD_CURSORS("SELECT 'c', name, '' FROM pg_catalog.pg_cursors WHERE is_holdable"),
    CHANNELS("SELECT 'n', channel, '' FROM pg_catalog.pg_listening_channels() AS n(channel)"),
    PREPARED_STATEMENTS(
        "SELECT 'p', name, from_sql::pg_catalog.text FROM pg_catalog.pg_prepared_statements");

    private final String sql;

    Part(String sql) {
      this.sql = sql;
    }
  }

  /** A row has at most 1664 columns; a comparison takes three. */
  private static final int MOST_A_ROW = 100;

  /** A parameter's value, and what it would be if Howdah set what it believes. */
  public record Compared(String actual, String believed) {}

  /**
   * What the server session holds; nothing where a part was not asked for.
   *
   * @param settings values of parameters set in the session, in their base units
   * @param atDefault those of them whose value is what RESET would make of it
   * @param identity role and session_authorization
   * @param compared of the parameters that were named
   * @param temporaryObjects how many
   * @param advisoryLocks how many, shared and exclusive
   * @param prepared names of prepared statements
   * @param preparedBySql those that SQL prepared
   */
  public record Findings(
      Map<String, String> settings,
      Set<String> atDefault,
      Map<String, String> identity,
      Map<String, Compared> compared,
      int temporaryObjects,
      int advisoryLocks,
      List<String> heldCursors,
      List<String> channels,
      Set<String> prepared,
      Set<String> preparedBySql) {}

  private final Consumer<Findings> then;
  private final Consumer<PgError> otherwise;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Set<String> atDefault = new LinkedHashSet<>();
  private final Map<String, String> identity = new LinkedHashMap<>();
  private final Map<String, Compared> compared = new LinkedHashMap<>();
  private final List<String> heldCursors = new ArrayList<>();
  private final List<String> channels = new ArrayList<>();
  private final Set<String> prepared = new LinkedHashSet<>();
  private final Set<String> preparedBySql = new LinkedHashSet<>();
  private int temporaryObjects;
  private int advisoryLocks;

  private Inspection(Consumer<Findings> then, Consumer<PgError> otherwise) {
    this.then = then;
    this.otherwise = otherwise;
  }

  /**
   * Asks a connection that owes nothing and has no transaction.
   *
   * @param parts what to look at
   * @param believed parameters to compare, with what Howdah believes they were set to; a null value
   *     for one that is believed not to be set
   * @param otherwise the connection is closed already, and its pool knows
   */
  public static void of(
      ServerConnection connection,
      Set<Part> parts,
      Map<String, String> believed,
      Consumer<Findings> then,
      Consumer<PgError> otherwise) {
    connection.ownWork().run(sql(parts, believed), new Inspection(then, otherwise));
  }

  /** The query. The comparison sets values for its own transaction only, which takes them back. */
  static String sql(Set<Part> parts, Map<String, String> believed) {
    List<String> selects = new ArrayList<>();
    for (Part part : Part.values()) {
      if (parts.contains(part)) {
        selects.add(part.sql);
      }
    }
    String all = String.join(" UNION ALL ", selects);
    if (believed.isEmpty()) {
      return all;
    }
    // Statements of their own, and the last: what they set must not be seen by the others. A row
    // can't
    // have a column for each of thousands.
    StringBuilder sql = new StringBuilder(all);
    int compared = 0;
    for (Map.Entry<String, String> each : believed.entrySet()) {
      if (compared++ % MOST_A_ROW == 0) {
        sql.append(sql.isEmpty() ? "" : ";").append("SELECT 'v'");
      }
      String name = SessionSettings.literal(each.getKey());
      sql.append(',')
          .append(name)
          .append(",pg_catalog.current_setting(")
          .append(name)
          .append(",true),")
          .append(believed(each.getKey(), each.getValue()));
    }
    return sql.toString();
  }

  /** A parameter that nobody defined must not come to be by being asked for. */
  private static String believed(String name, String value) {
    String literal = SessionSettings.literal(name);
    String set = "pg_catalog.set_config(" + literal + ',';
    return value != null
        ? set + SessionSettings.literal(value) + ",true)"
        : "CASE WHEN pg_catalog.current_setting("
            + literal
            + ",true) IS NULL THEN NULL ELSE "
            + set
            + "NULL,true) END";
  }

  @Override
  public void row(ByteBuf in, int body, int length) {
    String[] values = values(in, body, length);
    switch (values[0]) {
      case "s" -> settings.put(values[1], values[2]);
      case "d" -> {
        settings.put(values[1], values[2]);
        atDefault.add(values[1]);
      }
      case "i" -> identity.put(values[1], values[2]);
      case "t" -> temporaryObjects = Integer.parseInt(values[2]);
      case "l" -> advisoryLocks = Integer.parseInt(values[2]);
      case "c" -> heldCursors.add(values[1]);
      case "n" -> channels.add(values[1]);
      case "p" -> {
        prepared.add(values[1]);
        if (values[2].equals("true")) {
          preparedBySql.add(values[1]);
        }
      }
      default -> {
        for (int i = 1; i + 2 < values.length; i += 3) {
          compared.put(values[i], new Compared(values[i + 1], values[i + 2]));
        }
      }
    }
  }

  /** The columns as text; a NULL is null. */
  private static String[] values(ByteBuf in, int body, int length) {
    int end = body + length;
    int at = body + 2;
    String[] values = new String[in.getUnsignedShort(body)];
    for (int i = 0; i < values.length; i++) {
      int bytes = at + 4 <= end ? in.getInt(at) : Integer.MAX_VALUE;
      at += 4;
      if (bytes > end - at) {
        throw new ProtocolException("a row that ends within a value");
      }
      if (bytes >= 0) {
        values[i] = in.toString(at, bytes, StandardCharsets.UTF_8);
        at += bytes;
      }
    }
    return values;
  }

  @Override
  public void done() {
    then.accept(
        new Findings(
            settings,
            atDefault,
            identity,
            compared,
            temporaryObjects,
            advisoryLocks,
            heldCursors,
            channels,
            prepared,
            preparedBySql));
  }

  @Override
  public void failed(PgError error) {
    otherwise.accept(error);
  }
}
