package io.howdah.e2e.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * SQL that one client says, about a table of its own. What it answers depends on nothing but what
 * the client said before:
 *
 * <ul>
 *   <li>rows are always ordered, for their order in the table depends on when old versions are
 *       cleared away;
 *   <li>no times, process ids, transaction ids, plans' costs, and no column of a table that was
 *       made in the conversation itself, whose number is another one each time;
 *   <li>no LISTEN and no sequences: what is heard of them in transaction mode is described in
 *       docs/compatibility.md and has tests of its own;
 *   <li>no parameter of the client's own, such as {@code app.tenant}: after RESET another server
 *       connection may not know it (docs/compatibility.md).
 * </ul>
 */
final class Texts {
  private static final String[] SAVEPOINTS = {"a", "b"};
  private static final String[] NAMES = {"s", "t", "\"U\""};

  /** Tables, one for each client, made once. */
  static String[] tables(int clients) {
    List<String> statements = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      statements.add("DROP TABLE IF EXISTS talk" + i);
      statements.add(
          "CREATE TABLE talk"
              + i
              + " (id int PRIMARY KEY, label text NOT NULL,"
              + " late int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
      statements.add("ALTER TABLE talk" + i + " OWNER TO app");
    }
    return statements.toArray(String[]::new);
  }

  /** Has the tables hold what every conversation begins with. */
  static String beginning(int clients) {
    List<String> statements = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      statements.add("DELETE FROM talk" + i);
      statements.add(
          "INSERT INTO talk" + i + " SELECT g, 'row ' || g, g FROM generate_series(1, 10) g");
    }
    return String.join("; ", statements);
  }

  /** Asks for what each client's table holds, in one row each, in the order of the clients. */
  static String content(int clients) {
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      queries.add(
          "(%d, (SELECT coalesce(string_agg(t::text, ' ' ORDER BY id), 'nothing') FROM talk%d t))"
              .formatted(i, i));
    }
    return "SELECT held FROM (VALUES %s) t (client, held) ORDER BY client"
        .formatted(String.join(", ", queries));
  }

  /**
   * A statement with parameters.
   *
   * @param parameters how many, all of type int4
   */
  record Prepared(String sql, int parameters) {}

  private final Random random;
  private final boolean transactions;
  private final String table;

  /** Whether it may say what keeps a server connection: there are two of them for all clients. */
  private final boolean keepsServer;

  private int made;

  /**
   * @param transactions whether any is begun
   */
  Texts(Random random, int client, boolean transactions) {
    this.random = random;
    this.transactions = transactions;
    this.table = "talk" + client;
    this.keepsServer = client == 0;
  }

  String table() {
    return table;
  }

  private String one(String... of) {
    return of[random.nextInt(of.length)];
  }

  private int id() {
    return 1 + random.nextInt(12);
  }

  /** A number that no row has yet. */
  private int fresh() {
    return 100 + ++made;
  }

  /** What a simple query may hold: one statement, several, or none. */
  String query() {
    if (random.nextInt(5) > 0) {
      return statement();
    }
    List<String> several = new ArrayList<>();
    for (int i = 2 + random.nextInt(4); i > 0; i--) {
      several.add(statement());
    }
    if (several.getLast().startsWith("PREPARE") || several.getLast().startsWith("DEALLOCATE")) {
      // What stays done though the string fails at its commit, and no command tag tells of it.
      several.add("SELECT 'the last'");
    }
    return String.join("; ", several) + one("", ";");
  }

  /** One statement of any kind but COPY FROM. */
  String statement() {
    return switch (random.nextInt(20)) {
      case 0, 1, 2 -> read();
      case 3, 4, 5, 6 -> write();
      case 7, 8, 9 -> transaction();
      case 10 -> savepoint();
      case 11, 12 -> cursor();
      case 13, 14 -> named();
      case 15, 16 -> setting();
      case 17 -> wrong();
      case 18 -> odd();
      default -> copyOut();
    };
  }

  String read() {
    return switch (random.nextInt(8)) {
      case 0 -> "SELECT " + id() + " AS n, 'x' AS x";
      case 1 -> "SELECT * FROM " + table + " ORDER BY id";
      case 2 -> "SELECT count(*), sum(id) FROM " + table;
      case 3 -> "SELECT FROM generate_series(1, 3)";
      case 4 -> "SELECT repeat('0123456789', " + (1 + random.nextInt(3000)) + ")";
      case 5 -> "SELECT g, repeat('y', 50) FROM generate_series(1, " + random.nextInt(400) + ") g";
      case 6 -> "VALUES (1, NULL), (2, 'two')";
      default -> "SELECT label FROM " + table + " WHERE id = " + id() + " FOR UPDATE";
    };
  }

  String write() {
    return switch (random.nextInt(7)) {
      case 0, 1 -> "INSERT INTO " + table + " VALUES (" + fresh() + ", 'new')";
      case 2 -> "INSERT INTO " + table + " VALUES (" + fresh() + ", 'told') RETURNING id, label";
      case 3 -> "UPDATE " + table + " SET label = label || '+' WHERE id = " + id();
      case 4 -> "DELETE FROM " + table + " WHERE id = " + id();
      case 5 -> "INSERT INTO " + table + " VALUES (" + fresh() + ", 'twin', " + id() + ")";
      default ->
          "WITH w AS (UPDATE "
              + table
              + " SET label = label || '*' WHERE id = "
              + id()
              + " RETURNING id) SELECT id FROM w";
    };
  }

  String transaction() {
    return switch (transactions ? random.nextInt(14) : 5 + random.nextInt(7)) {
      case 0, 1, 2, 3 -> "BEGIN";
      case 4 -> one("START TRANSACTION", "BEGIN WORK", "BEGIN READ ONLY", "begin read write");
      case 5, 6, 7 -> one("COMMIT", "END", "commit work");
      case 8, 9 -> one("ROLLBACK", "ABORT");
      case 10 -> one("COMMIT AND CHAIN", "ROLLBACK AND CHAIN");
      case 11 -> one("SET TRANSACTION READ ONLY", "SET TRANSACTION READ WRITE");
      case 12 -> "BEGIN ISOLATION LEVEL REPEATABLE READ";
      default -> savepoint();
    };
  }

  private String savepoint() {
    return one("SAVEPOINT ", "SAVEPOINT ", "ROLLBACK TO ", "ROLLBACK TO SAVEPOINT ", "RELEASE ")
        + one(SAVEPOINTS);
  }

  private String cursor() {
    String name = one("c", "d");
    return switch (random.nextInt(7)) {
      case 0, 1 -> "DECLARE " + name + " CURSOR FOR SELECT id FROM " + table + " ORDER BY id";
      case 2, 3 -> "FETCH " + one("", "2 FROM ", "ALL FROM ", "0 FROM ") + name;
      case 4 -> "MOVE 2 IN " + name;
      case 5 -> "CLOSE " + one(name, "ALL");
      default ->
          random.nextInt(4) == 0 && keepsServer
              ? "DECLARE " + name + " CURSOR WITH HOLD FOR VALUES (1), (2), (3)"
              : "FETCH BACKWARD 1 FROM " + name;
    };
  }

  private String named() {
    String name = one(NAMES);
    return switch (random.nextInt(8)) {
      case 0, 1 -> "PREPARE " + name + " AS SELECT 'made " + fresh() + "' AS made";
      case 2 -> "PREPARE " + name + " AS " + write();
      case 3, 4, 5 -> "EXECUTE " + name;
      case 6 -> "DEALLOCATE " + name;
      default -> random.nextInt(3) == 0 ? "DEALLOCATE ALL" : "EXECUTE " + name + " (1)";
    };
  }

  private String setting() {
    return switch (random.nextInt(12)) {
      case 0 -> "SET work_mem = '" + (1 + random.nextInt(9)) + "MB'";
      case 1 -> "SET LOCAL work_mem = '" + (1 + random.nextInt(9)) + "MB'";
      case 2, 3 -> "SHOW work_mem";
      case 4 -> "SET " + one("", "LOCAL ") + "DateStyle = " + one("German", "ISO", "'SQL, DMY'");
      case 5 -> "SELECT DATE '2026-02-03', current_setting('DateStyle')";
      case 6 -> "SET TimeZone = " + one("'Asia/Tokyo'", "'UTC'", "'nowhere'");
      case 7 -> "SELECT set_config('application_name', 'talker', " + one("true)", "false)");
      case 8 -> "RESET " + one("work_mem", "DateStyle", "ALL");
      case 9 -> "SHOW application_name";
      case 10 -> "SET statement_timeout = '99s'";
      default -> "SET no_such_parameter = 1";
    };
  }

  /** What Howdah answers itself, for the name is one of its own: no such statement. */
  String refused() {
    return one("EXECUTE ", "DEALLOCATE ") + "howdah_1";
  }

  private String wrong() {
    return switch (random.nextInt(7)) {
      case 0 -> "SELEC 1";
      case 1 -> "SELECT 1/0";
      case 2 -> "SELECT * FROM nowhere";
      case 3 -> "SELECT 10 / (id - " + id() + ") FROM " + table + " ORDER BY id";
      case 4 -> "INSERT INTO " + table + " VALUES (1, 'again')";
      case 5 -> "INSERT INTO " + table + " VALUES (" + fresh() + ", NULL)";
      default -> "COPY (SELECT 1 / (g - 3) FROM generate_series(1, 5) g) TO STDOUT";
    };
  }

  private String odd() {
    return switch (random.nextInt(9)) {
      case 0 -> "";
      case 1 -> one(" ", ";", "-- nothing\n", "/* nothing */");
      case 2 -> "DO $$BEGIN RAISE NOTICE 'a note'; RAISE WARNING 'a warning'; END$$";
      case 3 -> "DO $$BEGIN RAISE NOTICE 'before'; RAISE EXCEPTION 'raised'; END$$";
      case 4 -> "DROP TABLE IF EXISTS not_there";
      case 5 -> "SET CONSTRAINTS ALL " + one("IMMEDIATE", "DEFERRED");
      case 6 -> random.nextInt(3) == 0 ? "DISCARD ALL" : "SELECT 'kept'";
      case 7 ->
          random.nextInt(3) == 0 && keepsServer
              ? "CREATE TEMP TABLE passing (n int)"
              : "SELECT 'passing'";
      default -> random.nextInt(2) == 0 ? "DROP TABLE passing" : "EXPLAIN (COSTS OFF) SELECT 1";
    };
  }

  String copyOut() {
    return one(
        "COPY (SELECT * FROM " + table + " ORDER BY id) TO STDOUT",
        "COPY (SELECT 1, 'one') TO STDOUT WITH (FORMAT csv, HEADER)",
        "COPY (SELECT 1, 'one') TO STDOUT WITH (FORMAT binary)",
        "COPY (SELECT g FROM generate_series(1, 200) g) TO STDOUT");
  }

  /** A COPY FROM STDIN; mostly one that begins. */
  String copyIn() {
    return random.nextInt(8) == 0
        ? "COPY nowhere FROM STDIN"
        : "COPY " + table + " (id, label) FROM STDIN";
  }

  /** A line for {@link #copyIn}, or a few, or a piece of one that is not right. */
  String copied() {
    return switch (random.nextInt(6)) {
      case 0 -> "no number\tx\n";
      case 1 -> fresh() + "\tone\n" + fresh() + "\ttwo\n";
      case 2 -> random.nextInt(3) == 0 ? "1\tagain\n" : fresh() + "\tthree\n";
      default -> fresh() + "\tcopied\n";
    };
  }

  /** A statement to prepare by the protocol. */
  Prepared prepared() {
    return switch (random.nextInt(12)) {
      case 0 -> new Prepared("SELECT 10 / $1::int AS quotient", 1);
      case 1 -> new Prepared("SELECT id, label FROM " + table + " WHERE id = $1", 1);
      case 2 -> new Prepared("SELECT g FROM generate_series(1, $1::int) g", 1);
      case 3 -> new Prepared("UPDATE " + table + " SET label = label || '!' WHERE id = $1", 1);
      case 4 -> new Prepared("DELETE FROM " + table + " WHERE id = $1 RETURNING id", 1);
      case 5 -> new Prepared("SELECT $1::int + $2::int, $1::int IS NULL", 2);
      case 6 ->
          new Prepared("INSERT INTO " + table + " SELECT " + fresh() + ", 'by ' || $1::int", 1);
      case 7 -> new Prepared(kept(transaction()), 0);
      case 8 -> new Prepared(read(), 0);
      case 9 -> new Prepared(write(), 0);
      case 10 -> new Prepared(one("SELECT 1; SELECT 2", "", "SELEC", "SELECT no_such"), 0);
      default -> new Prepared(kept(statement()), 0);
    };
  }

  /**
   * A statement, if it may be kept as a prepared one. Not EXECUTE or FETCH: PostgreSQL describes
   * these as they would have been when they were prepared, whatever the name stands for by now. Not
   * an isolation level: that must come before a statement that Howdah prepares in the same batch.
   */
  private static String kept(String text) {
    return text.contains("EXECUTE") || text.contains("FETCH") || text.contains("ISOLATION")
        ? "SELECT 'kept'"
        : text;
  }
}
