package io.howdah.e2e.comparison;

import io.howdah.e2e.wire.Send;
import java.util.List;

/**
 * Copies that stop, go on, or fail halfway: each row of the ledger's own test that a client can
 * bring about.
 */
final class CopyScenarios {
  private static final String COPY_IN = "COPY copied FROM STDIN";
  private static final String COUNT = "SELECT count(*) FROM copied";

  private CopyScenarios() {}

  static List<Scenario> copies() {
    return List.of(
        new Scenario(
            "several COPY and queries in one string",
            with -> {
              with.send(
                  Send.query(
                      "SELECT 1; COPY copied FROM STDIN; COPY copied TO STDOUT;"
                          + " COPY copied FROM STDIN; SELECT 2; TRUNCATE copied"));
              with.until('G');
              with.send(Send.copyData("1\tone\n"), Send.copyDone());
              with.until('G');
              with.ask(Send.copyData("2\ttwo\n"), Send.copyDone());
            }),
        new Scenario(
            "several COPY in one string, the second failed by the client",
            with -> {
              with.send(Send.query(COPY_IN + "; " + COPY_IN));
              with.until('G');
              with.send(Send.copyData("1\tone\n"), Send.copyDone());
              with.until('G');
              with.ask(Send.copyFail("enough"));
              with.query(COUNT);
            }),
        new Scenario(
            "several COPY in one string, the second failed by the server",
            with -> {
              with.send(Send.query(COPY_IN + "; " + COPY_IN));
              with.until('G');
              with.send(Send.copyData("1\tone\n"), Send.copyDone());
              with.until('G');
              with.ask(Send.copyData("no number\n"), Send.copyDone());
              with.query(COUNT);
            }),
        new Scenario(
            "COPY out of several, the second fails",
            with -> {
              with.query("COPY item TO STDOUT; COPY (SELECT 1/(3-id) FROM item) TO STDOUT");
              with.query("SELECT 1");
            }),
        new Scenario(
            "COPY in that fails at once, its data sent all the same",
            with -> {
              with.ask(
                  Send.query("COPY nowhere FROM STDIN"), Send.copyData("1\n"), Send.copyDone());
              with.query("SELECT 1");
            }),
        new Scenario(
            "COPY in and the next query in one go",
            with -> {
              with.send(
                  Send.query(COPY_IN),
                  Send.copyData("1\tone\n"),
                  Send.copyDone(),
                  Send.query(COUNT),
                  Send.query("TRUNCATE copied"));
              for (int i = 0; i < 3; i++) {
                with.until('Z');
              }
            }),
        new Scenario(
            "COPY in within a transaction, failed and rolled back",
            with -> {
              with.query("BEGIN");
              with.ask(Send.query(COPY_IN), Send.copyData("1\tone\n"), Send.copyDone());
              with.query("SAVEPOINT a");
              with.ask(Send.query(COPY_IN), Send.copyFail("no"));
              with.query("ROLLBACK TO a");
              with.query(COUNT);
              with.query("ROLLBACK");
              with.query(COUNT);
            }),
        new Scenario(
            "COPY out within a failed transaction",
            with -> {
              with.query("BEGIN");
              with.query("COPY (SELECT 1/(3-id) FROM item) TO STDOUT");
              with.query("COPY item TO STDOUT");
              with.query("ROLLBACK");
            }),
        new Scenario(
            "extended COPY in that the client fails",
            with -> {
              with.send(
                  Send.parse("", COPY_IN), Send.bind("", ""), Send.execute("", 0), Send.flush());
              with.until('G');
              with.ask(Send.copyData("1\tone\n"), Send.copyFail("no more"), Send.sync());
              with.query(COUNT);
            }),
        new Scenario(
            "extended COPY in that the server fails",
            with -> {
              with.send(
                  Send.parse("", COPY_IN), Send.bind("", ""), Send.execute("", 0), Send.flush());
              with.until('G');
              with.ask(Send.copyData("no number\n"), Send.copyDone(), Send.sync());
              with.query(COUNT);
            }),
        new Scenario(
            "extended COPY in that fails at once, with all behind it",
            with -> {
              with.send(
                  Send.parse("", "COPY nowhere FROM STDIN"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.copyData("1\n"),
                  Send.copyDone(),
                  Send.sync());
              with.until('Z');
              with.query("SELECT 1");
            }),
        new Scenario(
            "extended COPY in, and a Sync before its data",
            with -> {
              with.ask(
                  Send.parse("", COPY_IN),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.sync(),
                  Send.copyData("1\tone\n"),
                  Send.copyDone(),
                  Send.sync());
              with.query("SELECT * FROM copied; TRUNCATE copied");
            }),
        new Scenario(
            "extended COPY in, a Sync among its data, and the client fails it",
            with -> {
              with.send(
                  Send.parse("", COPY_IN), Send.bind("", ""), Send.execute("", 0), Send.flush());
              with.until('G');
              with.send(Send.copyData("1\tone\n"), Send.sync(), Send.sync());
              with.ask(Send.copyFail("no more"), Send.sync());
              with.query("ROLLBACK");
              with.query(COUNT);
            }),
        new Scenario(
            "a batch that goes on behind a COPY in",
            with -> {
              with.ask(
                  Send.parse("", COPY_IN),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.copyData("1\tone\n"),
                  Send.copyDone(),
                  Send.parse("", COUNT),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.sync());
              with.query("TRUNCATE copied");
            }),
        new Scenario(
            "a batch that goes on behind a COPY out",
            with ->
                with.ask(
                    Send.parse("", "COPY (SELECT 1) TO STDOUT"),
                    Send.bind("", ""),
                    Send.describePortal(""),
                    Send.execute("", 0),
                    Send.parse("", "SELECT 2"),
                    Send.bind("", ""),
                    Send.execute("", 0),
                    Send.sync())),
        new Scenario(
            "late ends of a copy that is none",
            with -> {
              with.ask(Send.copyData("1\n"), Send.copyDone(), Send.query("SELECT 1"));
              with.ask(Send.copyFail("nothing"), Send.sync());
            }));
  }
}
