package io.howdah.e2e.comparison;

import io.howdah.e2e.wire.Send;
import java.util.List;

/** Portals of the extended query protocol. */
final class PortalScenarios {
  private static final String BY_ID = "SELECT id, name, note FROM item WHERE id = $1";
  private static final String ALL = "SELECT id FROM item ORDER BY id";
  private static final int INT4 = 23;

  private PortalScenarios() {}

  static List<Scenario> portals() {
    return List.of(
        new Scenario(
            "a row limit and a suspended portal",
            with -> {
              with.send(Send.parse("", ALL), Send.bind("", ""), Send.execute("", 7), Send.flush());
              with.until('s');
              with.send(Send.execute("", 7), Send.flush());
              with.until('s');
              with.ask(Send.execute("", 0), Send.sync());
            }),
        new Scenario(
            "a named portal in a transaction",
            with -> {
              with.query("BEGIN");
              with.ask(
                  Send.parse("s", ALL), Send.bind("p", "s"), Send.execute("p", 3), Send.sync());
              with.query("SELECT 'between'");
              with.ask(Send.execute("p", 3), Send.describePortal("p"), Send.sync());
              with.ask(Send.bind("p", "s"), Send.sync());
              with.query("ROLLBACK");
              with.ask(Send.execute("p", 3), Send.sync());
            }),
        new Scenario(
            "a portal that Sync ends outside a transaction",
            with -> {
              with.ask(Send.parse("", ALL), Send.bind("p", ""), Send.execute("p", 3), Send.sync());
              with.ask(Send.execute("p", 3), Send.sync());
            }),
        new Scenario(
            "Flush after every message",
            with -> {
              with.send(Send.parse("f", BY_ID), Send.flush());
              with.until('1');
              with.send(Send.describeStatement("f"), Send.flush());
              with.until('T');
              with.send(Send.bind("", "f", "7"), Send.flush());
              with.until('2');
              with.send(Send.execute("", 0), Send.flush());
              with.until('C');
              with.ask(Send.sync());
            }),
        new Scenario(
            "a pipeline of several Syncs",
            with -> {
              with.ask(Send.parse("s", BY_ID, INT4), Send.sync());
              byte[][] all = new byte[60][];
              for (int i = 0; i < 60; i += 3) {
                all[i] = Send.bind("", "s", Integer.toString(i / 3));
                all[i + 1] = Send.execute("", 0);
                all[i + 2] = Send.sync();
              }
              with.send(all);
              for (int i = 0; i < 20; i++) {
                with.until('Z');
              }
            }),
        new Scenario(
            "a pipeline in which one batch fails",
            with -> {
              byte[] divide = Send.parse("", "SELECT 10 / $1::int");
              with.send(
                  divide,
                  Send.bind("", "", "5"),
                  Send.execute("", 0),
                  Send.sync(),
                  divide,
                  Send.bind("", "", "0"),
                  Send.execute("", 0),
                  Send.bind("", "", "1"),
                  Send.execute("", 0),
                  Send.parse("never", "SELECT 1"),
                  Send.sync(),
                  divide,
                  Send.bind("", "", "2"),
                  Send.execute("", 0),
                  Send.sync());
              for (int i = 0; i < 3; i++) {
                with.until('Z');
              }
              with.ask(Send.bind("", "never"), Send.sync());
            }),
        new Scenario(
            "one batch of a transaction",
            with -> {
              with.ask(
                  Send.parse("", "BEGIN"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.parse("", "INSERT INTO copied VALUES ($1) RETURNING id"),
                  Send.bind("", "", "8"),
                  Send.describePortal(""),
                  Send.execute("", 0),
                  Send.parse("", "ROLLBACK"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.sync());
              with.query("SELECT count(*) FROM copied");
            }),
        new Scenario(
            "a batch is one transaction",
            with -> {
              with.ask(
                  Send.parse("", "INSERT INTO copied VALUES (9)"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.parse("", "SELECT 1/0"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.sync());
              with.query("SELECT count(*) FROM copied");
            }),
        new Scenario("only Sync", with -> with.ask(Send.sync())),
        new Scenario(
            "Sync in a failed transaction",
            with -> {
              with.query("BEGIN");
              with.ask(
                  Send.parse("", "SELECT 1/0"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.sync());
              with.ask(Send.sync());
              with.ask(Send.parse("", "SELECT 1"), Send.sync());
              with.query("ROLLBACK");
            }));
  }
}
