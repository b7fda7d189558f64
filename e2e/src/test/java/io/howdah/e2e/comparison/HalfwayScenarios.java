package io.howdah.e2e.comparison;

import io.howdah.e2e.wire.Send;
import java.util.ArrayList;
import java.util.List;

/**
 * Portals, batches and function calls that stop, go on, or fail halfway: each row of the ledger's
 * own test that a client can bring about.
 */
final class HalfwayScenarios {
  private static final int INT4PL = 177;
  private static final String ALL = "SELECT id FROM item ORDER BY id";
  private static final String COUNT = "SELECT count(*) FROM copied";

  private HalfwayScenarios() {}

  static List<Scenario> portals() {
    return List.of(
        new Scenario(
            "a portal suspended, described and gone on with across Syncs",
            with -> {
              with.query("BEGIN");
              with.ask(Send.parse("", ALL), Send.bind("p", ""), Send.execute("p", 2), Send.sync());
              with.ask(Send.describePortal("p"), Send.execute("p", 2), Send.sync());
              with.ask(Send.execute("p", 1), Send.execute("p", 1), Send.sync());
              with.ask(Send.execute("p", 0), Send.execute("p", 0), Send.sync());
              with.query("COMMIT");
            }),
        new Scenario(
            "a portal suspended, closed, and asked for",
            with -> {
              with.query("BEGIN");
              with.ask(Send.parse("", ALL), Send.bind("p", ""), Send.execute("p", 2), Send.sync());
              with.ask(Send.closePortal("p"), Send.sync());
              with.ask(Send.execute("p", 2), Send.sync());
              with.query("ROLLBACK");
            }),
        new Scenario(
            "two portals in turns",
            with -> {
              with.query("BEGIN");
              with.send(Send.parse("s", ALL), Send.bind("a", "s"), Send.bind("b", "s"));
              with.ask(
                  Send.execute("a", 2),
                  Send.execute("b", 3),
                  Send.execute("a", 2),
                  Send.closePortal("b"),
                  Send.execute("a", 0),
                  Send.sync());
              with.query("COMMIT");
              with.ask(Send.closeStatement("s"), Send.sync());
            }),
        new Scenario(
            "a portal that a simple query ends",
            with -> {
              with.send(Send.parse("", ALL), Send.bind("", ""), Send.execute("", 2), Send.flush());
              with.until('s');
              with.query("SELECT 'between'");
              with.ask(Send.execute("", 2), Send.sync());
            }),
        new Scenario(
            "a write that is cut into portions",
            with -> {
              with.query("BEGIN");
              with.ask(
                  Send.parse(
                      "", "INSERT INTO copied SELECT g FROM generate_series(1, 5) g RETURNING id"),
                  Send.bind("", ""),
                  Send.execute("", 2),
                  Send.execute("", 2),
                  Send.sync());
              with.query(COUNT);
              with.query("ROLLBACK");
            }),
        new Scenario(
            "an empty query, described",
            with ->
                with.ask(
                    Send.parse("", "  "),
                    Send.describeStatement(""),
                    Send.bind("", ""),
                    Send.describePortal(""),
                    Send.execute("", 1),
                    Send.closePortal(""),
                    Send.sync())));
  }

  /** The same batch, with an error at each of its messages in turn. */
  static List<Scenario> errors() {
    List<Scenario> scenarios = new ArrayList<>();
    for (int at = 0; at < 7; at++) {
      int place = at;
      scenarios.add(
          new Scenario(
              "an error at message " + at + " of a batch",
              with -> {
                with.send(batch(place));
                with.until('Z');
                with.ask(Send.closeStatement("b"), Send.sync());
                with.query("SELECT 1");
              }));
    }
    scenarios.add(
        new Scenario(
            "a COMMIT that fails behind DEALLOCATE ALL, of which no tag tells",
            with -> {
              with.query("CREATE TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
              with.ask(Send.parse("gone", "DELETE FROM copied"), Send.sync());
              with.query("INSERT INTO late VALUES (1), (1); DEALLOCATE ALL");
              with.query("SELECT count(*) FROM late");
              with.ask(Send.closeStatement("gone"), Send.sync());
              with.ask(
                  Send.parse("gone", "DELETE FROM copied"),
                  Send.bind("", "gone"),
                  Send.execute("", 0),
                  Send.sync());
              with.query("DROP TABLE late");
            }));
    scenarios.add(
        new Scenario(
            "an error at Sync",
            with -> {
              with.query("CREATE TABLE parent (id int PRIMARY KEY)");
              with.query(
                  "CREATE TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
              with.ask(
                  Send.parse("", "INSERT INTO child VALUES ($1)"),
                  Send.bind("", "", "1"),
                  Send.execute("", 0),
                  Send.sync());
              with.query("SELECT count(*) FROM child");
              with.query("DROP TABLE child, parent");
            }));
    return scenarios;
  }

  private static byte[][] batch(int wrong) {
    return new byte[][] {
      wrong == 0 ? Send.parse("b", "SELEC 1") : Send.parse("b", "SELECT 10 / $1::int"),
      wrong == 1 ? Send.describeStatement("none") : Send.describeStatement("b"),
      wrong == 2 ? Send.bind("", "b", "many") : Send.bind("", "b", wrong == 4 ? "0" : "5"),
      wrong == 3 ? Send.describePortal("none") : Send.describePortal(""),
      Send.execute("", 0),
      wrong == 5 ? Send.execute("none", 0) : Send.closePortal(""),
      wrong == 6 ? Send.parse("", "SELECT no_such") : Send.closePortal("unknown"),
      Send.parse("", "SELECT 'last'"),
      Send.bind("", ""),
      Send.execute("", 0),
      Send.sync()
    };
  }

  static List<Scenario> functionCalls() {
    return List.of(
        new Scenario(
            "function calls in a transaction, and in a failed one",
            with -> {
              with.query("BEGIN");
              with.ask(Send.functionCall(INT4PL, "1", "2"));
              with.ask(Send.functionCall(INT4PL, "2147483647", "1"));
              with.ask(Send.functionCall(INT4PL, "1", "2"));
              with.query("ROLLBACK");
              with.ask(Send.functionCall(INT4PL, "1", "2"));
            }),
        new Scenario(
            "function calls and queries in a pipeline",
            with -> {
              with.send(
                  Send.query("SELECT 1"),
                  Send.functionCall(INT4PL, "1", "2"),
                  Send.functionCall(INT4PL, "x", "2"),
                  Send.query("SELECT 3"));
              for (int i = 0; i < 4; i++) {
                with.until('Z');
              }
            }),
        new Scenario(
            "requests within a batch whose error is not heard yet",
            with -> {
              with.ask(Send.parse("s", "SELECT 1"), Send.sync());
              with.send(
                  Send.describePortal("none"),
                  Send.functionCall(INT4PL, "1", "2"),
                  Send.query("EXECUTE s"),
                  Send.query("INSERT INTO copied VALUES (1)"),
                  Send.parse("", "SELECT 1"),
                  Send.describeStatement(""),
                  Send.sync());
              with.until('Z');
              with.query("EXECUTE s");
              with.query(COUNT);
            }),
        new Scenario(
            "requests that PostgreSQL takes into the transaction of a batch, and does not end",
            with -> {
              with.ask(
                  Send.parse("", "INSERT INTO copied VALUES (1)"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.functionCall(INT4PL, "1", "2"));
              with.ask(Send.sync());
              with.query(COUNT);
              with.query(COUNT);
            }),
        new Scenario(
            "a function call behind an open batch, and behind its error",
            with -> {
              with.ask(
                  Send.parse("", "SELECT 1"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.functionCall(INT4PL, "1", "2"));
              with.ask(Send.parse("", "SELEC 1"), Send.functionCall(INT4PL, "1", "2"), Send.sync());
            }));
  }
}
