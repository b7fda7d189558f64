package io.howdah.backend.connection;

import io.howdah.backend.settings.AsciiText;
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
  private static final String SETTINGS_VIEW = "pg_catalog.pg_settings";

  private static final String ENCODING = "client_encoding";

  /** What to look at. */
  public enum Part {
    /** Parameters that were set in the session, and who it is. Not those that nobody defined. */
    SETTINGS(
        "SELECT CASE WHEN setting OPERATOR(pg_catalog.=) reset_val THEN 'd' ELSE 's' END,"
            + " name, setting FROM "
            + SETTINGS_VIEW
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
   * @param legible false where a value can't be told, as it is in no known encoding
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
      Set<String> preparedBySql,
      boolean legible) {}

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
  private final boolean bytesOnly;
  private boolean legible = true;

  private Inspection(boolean bytesOnly, Consumer<Findings> then, Consumer<PgError> otherwise) {
    this.bytesOnly = bytesOnly;
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
    ReportedParameters reported = connection.reported();
    connection
        .ownWork()
        .run(
            sql(parts, believed, reported.encoding(), reported.legible()),
            new Inspection(reported.convertNothing(), then, otherwise));
  }

  /**
   * The query. The comparison sets values for its own transaction only, which takes them back. So
   * does that transaction with the encoding of the answer.
   *
   * @param encoding that of the session
   * @param legible that of the answer
   */
  static String sql(
      Set<Part> parts, Map<String, String> believed, String encoding, String legible) {
    String plain = sql(parts, believed, AsciiText.literal(encoding), false);
    return encoding.equals(legible)
        ? plain
        : "SET LOCAL client_encoding TO '"
            + legible
            + "';"
            + sql(parts, believed, AsciiText.literal(encoding), true);
  }

  private static String sql(
      Set<Part> parts, Map<String, String> believed, String encoding, boolean other) {
    List<String> selects = new ArrayList<>();
    for (Part part : Part.values()) {
      if (parts.contains(part)) {
        selects.add(
            other ? part.sql.replace(SETTINGS_VIEW + " ", settingsWith(encoding)) : part.sql);
      }
    }
    String all = String.join(" UNION ALL ", selects);
    if (believed.isEmpty()) {
      return all;
    }
    // Statements of their own, and the last: what they set must not be seen by the others. A row
    // can't have a column for each of thousands.
    StringBuilder sql = new StringBuilder(all);
    int compared = 0;
    for (Map.Entry<String, String> each : believed.entrySet()) {
      if (compared++ % MOST_A_ROW == 0) {
        sql.append(sql.isEmpty() ? "" : ";").append("SELECT 'v'");
      }
      String name = each.getKey();
      String value = each.getValue();
      sql.append(',').append(AsciiText.literal(name)).append(',');
      if (name.equals(ENCODING)) {
        sql.append(encoding).append(',').append(believedEncoding(value));
      } else {
        sql.append(actual(name)).append(',').append(believed(name, value));
      }
    }
    return sql.toString();
  }

  private static String actual(String name) {
    return "pg_catalog.current_setting(" + AsciiText.literal(name) + ",true)";
  }

  /** The view with the encoding that the session has. */
  private static String settingsWith(String encoding) {
    return "(SELECT name, reset_val, source, CASE WHEN name OPERATOR(pg_catalog.=) '"
        + ENCODING
        + "' THEN"
        + encoding
        + " ELSE setting END AS setting FROM "
        + SETTINGS_VIEW
        + ") AS s ";
  }

  /** As the server would name it. It is not set: the answer is to be in the one that was set. */
  private static String believedEncoding(String value) {
    return value == null
        ? "(SELECT reset_val FROM "
            + SETTINGS_VIEW
            + " WHERE name OPERATOR(pg_catalog.=) '"
            + ENCODING
            + "')"
        : "pg_catalog.pg_encoding_to_char(pg_catalog.pg_char_to_encoding("
            + AsciiText.literal(value)
            + "))::pg_catalog.text";
  }

  /** A parameter that nobody defined must not come to be by being asked for. */
  private static String believed(String name, String value) {
    String literal = AsciiText.literal(name);
    String set = "pg_catalog.set_config(" + literal + ',';
    return value != null
        ? set + AsciiText.literal(value) + ",true)"
        : "CASE WHEN " + actual(name) + " IS NULL THEN NULL ELSE " + set + "NULL,true) END";
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
  private String[] values(ByteBuf in, int body, int length) {
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
        legible &= !bytesOnly || values[i].indexOf('\uFFFD') < 0;
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
            preparedBySql,
            legible));
  }

  @Override
  public void failed(PgError error) {
    otherwise.accept(error);
  }
}
