package io.howdah.e2e.comparison;

import io.howdah.e2e.wire.Send;
import java.util.List;

/** The simple query protocol, COPY and the function call. */
final class SimpleScenarios {
  private static final int INT4PL = 177;
  private static final String RAISE =
      "DO $$BEGIN RAISE NOTICE 'a note'; RAISE WARNING 'a warning' USING HINT = 'none'; END$$";

  private SimpleScenarios() {}

  private static Scenario queries(String name, String... texts) {
    return new Scenario(
        name,
        with -> {
          for (String each : texts) {
            with.query(each);
          }
        });
  }

  static List<Scenario> queries() {
    return List.of(
        queries("a row", "SELECT 1 AS one, 'two' AS two, 3.5::float8, now() IS NULL"),
        queries("rows of a table", "SELECT * FROM item ORDER BY id"),
        queries("no row", "SELECT * FROM item WHERE id < 0"),
        queries("no column", "SELECT FROM item LIMIT 2"),
        queries("NULLs", "SELECT NULL, note, NULL::int FROM item ORDER BY id"),
        queries("the empty query", "", ";", "  -- nothing\n", "/* nothing */;"),
        queries("several statements", "SELECT 1; SELECT 2; SELECT 'three'"),
        queries("several statements with an error", "SELECT 1; SELECT 1/0; SELECT 3", "SELECT 4"),
        queries(
            "an implicit transaction that fails",
            "INSERT INTO copied VALUES (1, 'gone'); SELECT 1/0",
            "SELECT count(*) FROM copied"),
        queries("a syntax error", "SELEC 1", "SELECT 'fine'"),
        queries("no such table", "SELECT * FROM nowhere", "SELECT 'fine'"),
        queries("an error within rows", "SELECT 10 / (5 - id) FROM item ORDER BY id", "SELECT 1"),
        queries(
            "a violated key",
            "INSERT INTO item VALUES (1, 'again')",
            "INSERT INTO item VALUES (99, NULL)",
            "SELECT 'fine'"),
        queries(
            "writes",
            "INSERT INTO copied VALUES (1, 'a'), (2, 'b') RETURNING id, label",
            "UPDATE copied SET label = 'c' WHERE id = 2",
            "DELETE FROM copied",
            "TRUNCATE copied"),
        queries("a transaction", "BEGIN", "INSERT INTO copied VALUES (7)", "SELECT 1", "ROLLBACK"),
        queries("a transaction read only", "BEGIN READ ONLY", "SELECT 1", "COMMIT"),
        queries(
            "a write in a transaction read only",
            "BEGIN READ ONLY",
            "INSERT INTO copied VALUES (1)",
            "SELECT 1",
            "ROLLBACK",
            "SELECT 1"),
        queries("a failed transaction", "BEGIN", "SELECT 1/0", "SELECT 1", "COMMIT", "SELECT 2"),
        queries(
            "savepoints",
            "BEGIN",
            "SAVEPOINT a",
            "SELECT 1/0",
            "ROLLBACK TO a",
            "SELECT 1",
            "RELEASE a",
            "COMMIT"),
        queries("transaction control where there is none", "COMMIT", "ROLLBACK", "SAVEPOINT a"),
        queries("notices", RAISE, "DROP TABLE IF EXISTS not_there", "SELECT 1"),
        queries(
            "settings",
            "SET work_mem = '5MB'",
            "SHOW work_mem",
            "SET DateStyle = 'German'",
            "SELECT '2026-02-03'::date",
            "SET timezone = 'UTC'",
            "RESET ALL",
            "SHOW work_mem",
            "SHOW DateStyle"),
        queries("an unknown setting", "SET no_such = 1", "SHOW no_such", "SET work_mem = 'x'"),
        queries(
            "SQL-level PREPARE",
            "PREPARE p (int) AS SELECT name FROM item WHERE id = $1",
            "EXECUTE p (3)",
            "PREPARE p AS SELECT 1",
            "EXECUTE q",
            "DEALLOCATE p",
            "EXECUTE p (3)",
            "DISCARD ALL"),
        queries(
            "a cursor",
            "BEGIN",
            "DECLARE c CURSOR FOR SELECT id FROM item ORDER BY id",
            "FETCH 2 FROM c",
            "MOVE 3 IN c",
            "FETCH 1 FROM c",
            "CLOSE c",
            "COMMIT"),
        queries(
            "temporary tables",
            "CREATE TEMP TABLE mine (id int)",
            "INSERT INTO mine VALUES (1)",
            // Not id itself: its table's number is another one every time.
            "SELECT id + 0 FROM mine",
            "DROP TABLE mine",
            "DISCARD ALL"),
        queries(
            "EXPLAIN", "EXPLAIN (COSTS OFF) SELECT 1", "EXPLAIN (COSTS OFF) DELETE FROM copied"),
        queries("a text that is not UTF-8's first half", "SELECT 'grüße 🐘', length('🐘')"),
        new Scenario(
            "pipelined queries",
            with -> {
              with.send(Send.query("SELECT 1"), Send.query("SELECT 1/0"), Send.query("SELECT 3"));
              for (int i = 0; i < 3; i++) {
                with.until('Z');
              }
            }),
        new Scenario(
            "a pipelined transaction",
            with -> {
              with.send(
                  Send.query("BEGIN"),
                  Send.query("INSERT INTO copied VALUES (1) RETURNING 1"),
                  Send.query("SELECT count(*) FROM copied"),
                  Send.query("ROLLBACK"),
                  Send.query("SELECT count(*) FROM copied"));
              for (int i = 0; i < 5; i++) {
                with.until('Z');
              }
            }),
        new Scenario("function call", with -> with.ask(Send.functionCall(INT4PL, "40", "2"))),
        new Scenario(
            "function call that fails",
            with -> {
              with.ask(Send.functionCall(INT4PL, "2147483647", "1"));
              with.ask(Send.functionCall(1));
              with.query("SELECT 1");
            }),
        queries("a long text", "SELECT '" + "x".repeat(300_000) + "'"));
  }

  static List<Scenario> copies() {
    return List.of(
        queries("COPY out", "COPY item TO STDOUT", "COPY (SELECT 1) TO STDOUT WITH CSV HEADER"),
        queries("COPY out, binary", "COPY item TO STDOUT WITH BINARY"),
        queries("COPY out that fails", "COPY (SELECT 1/(3-id) FROM item) TO STDOUT", "SELECT 1"),
        new Scenario(
            "COPY in",
            with -> {
              with.send(Send.query("COPY copied FROM STDIN"));
              with.until('G');
              with.ask(Send.copyData("1\tone\n2\t"), Send.copyData("\\N\n"), Send.copyDone());
              with.query("SELECT * FROM copied ORDER BY id; TRUNCATE copied");
            }),
        new Scenario(
            "COPY in, binary, and in one go",
            with -> {
              with.ask(
                  Send.query("COPY copied FROM STDIN WITH BINARY"),
                  Send.copyData(binaryRow()),
                  Send.copyDone());
              with.query("SELECT * FROM copied; TRUNCATE copied");
            }),
        new Scenario(
            "COPY in that the client fails",
            with -> {
              with.send(Send.query("COPY copied FROM STDIN"));
              with.until('G');
              with.ask(Send.copyData("1\tone\n"), Send.copyFail("changed my mind"));
              with.query("SELECT count(*) FROM copied");
            }),
        new Scenario(
            "COPY in that the server fails",
            with -> {
              with.send(Send.query("COPY copied FROM STDIN"));
              with.until('G');
              with.ask(Send.copyData("not a number\tone\n"), Send.copyDone());
              with.query("SELECT count(*) FROM copied");
            }),
        new Scenario(
            "two COPY in one string",
            with -> {
              with.send(
                  Send.query("COPY copied FROM STDIN; COPY copied TO STDOUT; TRUNCATE copied"));
              with.until('G');
              with.ask(Send.copyData("5\tfive\n"), Send.copyDone());
            }),
        new Scenario(
            "COPY in by the extended protocol",
            with -> {
              with.ask(
                  Send.parse("", "COPY copied FROM STDIN"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.copyData("6\tsix\n"),
                  Send.copyDone(),
                  Send.sync());
              with.query("SELECT * FROM copied; TRUNCATE copied");
            }),
        new Scenario(
            "COPY out by the extended protocol",
            with ->
                with.ask(
                    Send.parse("", "COPY item TO STDOUT"),
                    Send.bind("", ""),
                    Send.describePortal(""),
                    Send.execute("", 0),
                    Send.sync())));
  }

  /** The row (42, "hi") as COPY BINARY has it. */
  private static byte[] binaryRow() {
    var row = java.nio.ByteBuffer.allocate(37);
    row.put("PGCOPY\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    row.put((byte) 0xFF).put((byte) '\r').put((byte) '\n').put((byte) 0);
    row.putInt(0).putInt(0);
    row.putShort((short) 2).putInt(4).putInt(42);
    row.putInt(2).put((byte) 'h').put((byte) 'i');
    row.putShort((short) -1);
    return java.util.Arrays.copyOf(row.array(), row.position());
  }
}
