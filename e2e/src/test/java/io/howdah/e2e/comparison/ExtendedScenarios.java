package io.howdah.e2e.comparison;

import io.howdah.e2e.wire.Send;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** The extended query protocol, but for portals. */
final class ExtendedScenarios {
  private static final String BY_ID = "SELECT id, name, note FROM item WHERE id = $1";
  private static final String ALL = "SELECT id FROM item ORDER BY id";
  private static final int INT4 = 23;
  private static final int TEXT = 25;

  private ExtendedScenarios() {}

  static List<Scenario> statements() {
    return List.of(
        new Scenario(
            "the unnamed statement",
            with ->
                with.ask(
                    Send.parse("", BY_ID),
                    Send.bind("", "", "4"),
                    Send.describePortal(""),
                    Send.execute("", 0),
                    Send.sync())),
        new Scenario(
            "the unnamed statement, prepared and used apart",
            with -> {
              with.ask(Send.parse("", BY_ID), Send.describeStatement(""), Send.sync());
              with.ask(Send.bind("", "", "5"), Send.execute("", 0), Send.sync());
              with.query("SELECT 1");
              with.ask(Send.bind("", "", "5"), Send.execute("", 0), Send.sync());
            }),
        new Scenario(
            "a named statement, used again and again",
            with -> {
              with.ask(Send.parse("s", BY_ID, INT4), Send.describeStatement("s"), Send.sync());
              for (int i = 1; i < 6; i++) {
                with.ask(Send.bind("", "s", Integer.toString(i)), Send.execute("", 0), Send.sync());
              }
              with.ask(Send.closeStatement("s"), Send.sync());
              with.ask(Send.bind("", "s", "1"), Send.execute("", 0), Send.sync());
            }),
        new Scenario(
            "binary parameters and results",
            with ->
                with.ask(
                    Send.parse("", BY_ID, INT4),
                    Send.bind("", "", List.of(int4(6)), 1, 1),
                    Send.describePortal(""),
                    Send.execute("", 0),
                    Send.sync())),
        new Scenario(
            "a NULL parameter",
            with ->
                with.ask(
                    Send.parse("", "SELECT $1, $1 IS NULL, $2", TEXT, TEXT),
                    Send.bind("", "", null, "x"),
                    Send.execute("", 0),
                    Send.sync())),
        new Scenario(
            "a name that exists already",
            with -> {
              with.ask(Send.parse("s", "SELECT 1"), Send.sync());
              with.ask(Send.parse("s", "SELECT 2"), Send.sync());
              with.ask(Send.bind("", "s"), Send.execute("", 0), Send.sync());
              with.ask(Send.closeStatement("s"), Send.parse("s", "SELECT 3"), Send.sync());
              with.ask(Send.bind("", "s"), Send.execute("", 0), Send.sync());
            }),
        new Scenario(
            "a name that exists already, behind rows",
            with -> {
              with.ask(Send.parse("s", "SELECT 1"), Send.sync());
              with.ask(
                  Send.parse("", ALL),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.parse("s", "SELECT 2"),
                  Send.sync());
            }),
        new Scenario(
            "names that do not exist",
            with -> {
              with.ask(Send.bind("", "unknown"), Send.execute("", 0), Send.sync());
              with.ask(Send.describeStatement("unknown"), Send.sync());
              with.ask(Send.describePortal("unknown"), Send.sync());
              with.ask(Send.execute("unknown", 0), Send.sync());
              with.ask(Send.closeStatement("unknown"), Send.closePortal("unknown"), Send.sync());
              with.query("SELECT 'fine'");
            }),
        new Scenario(
            "a statement that does not parse",
            with -> {
              with.ask(Send.parse("s", "SELEC 1"), Send.bind("", "s"), Send.sync());
              with.ask(Send.bind("", "s"), Send.sync());
              with.ask(Send.parse("s", "SELECT 1"), Send.bind("", "s"), Send.sync());
            }),
        new Scenario(
            "a Bind that does not fit",
            with -> {
              with.ask(Send.parse("s", BY_ID, INT4), Send.sync());
              with.ask(Send.bind("", "s", "many"), Send.execute("", 0), Send.sync());
              with.ask(Send.bind("", "s", "2"), Send.execute("", 0), Send.sync());
            }),
        new Scenario(
            "statements without rows",
            with -> {
              with.ask(
                  Send.parse("", ""),
                  Send.bind("", ""),
                  Send.describePortal(""),
                  Send.execute("", 0),
                  Send.sync());
              with.ask(
                  Send.parse("w", "DELETE FROM copied WHERE id = $1"),
                  Send.describeStatement("w"),
                  Send.bind("", "w", "1"),
                  Send.execute("", 0),
                  Send.sync());
            }),
        new Scenario(
            "two commands in one Parse",
            with -> with.ask(Send.parse("", "SELECT 1; SELECT 2"), Send.sync())),
        new Scenario(
            "DISCARD ALL and DEALLOCATE ALL forget names",
            with -> {
              with.ask(Send.parse("s", "SELECT 1"), Send.sync());
              with.query("DISCARD ALL");
              with.ask(Send.bind("", "s"), Send.execute("", 0), Send.sync());
              with.ask(Send.parse("s", "SELECT 2"), Send.sync());
              with.query("DEALLOCATE ALL");
              with.ask(Send.bind("", "s"), Send.execute("", 0), Send.sync());
            }),
        new Scenario(
            "a Close that an error voids",
            with -> {
              with.ask(Send.parse("s", "SELECT 4"), Send.sync());
              with.ask(
                  Send.parse("", "SELECT 1/0"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.closeStatement("s"),
                  Send.sync());
              with.ask(Send.bind("", "s"), Send.execute("", 0), Send.sync());
              with.ask(
                  Send.parse("", "SELECT 1/0"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.closeStatement("s"),
                  Send.parse("s", "SELECT 5"),
                  Send.sync());
              with.ask(Send.bind("", "s"), Send.execute("", 0), Send.sync());
            }));
  }

  /** The names of prepared statements, which the protocol and SQL share. */
  static List<Scenario> names() {
    return List.of(
        new Scenario(
            "EXECUTE and DEALLOCATE of a statement that Parse made",
            with -> {
              with.ask(Send.parse("s", "SELECT 41 + $1", INT4), Send.sync());
              with.query("EXECUTE s (1)");
              with.query("DEALLOCATE s");
              with.ask(Send.bind("", "s", "1"), Send.execute("", 0), Send.sync());
            }),
        new Scenario(
            "a Bind with too few parameters",
            with -> {
              with.ask(Send.parse("s", BY_ID, INT4), Send.sync());
              with.ask(Send.bind("", "s"), Send.execute("", 0), Send.sync());
            }),
        new Scenario(
            "a pipelined Bind of a name whose Parse an error voided",
            with -> {
              with.send(
                  Send.parse("", "SELECT 1/0"),
                  Send.bind("", ""),
                  Send.execute("", 0),
                  Send.parse("never", "SELECT 1"),
                  Send.sync(),
                  Send.bind("", "never"),
                  Send.sync());
              with.until('Z');
              with.until('Z');
            }));
  }

  static List<Scenario> large() {
    return List.of(
        new Scenario(
            "a value of 10 MB", with -> with.query("SELECT repeat('0123456789', 1024 * 1024)")),
        new Scenario(
            "a parameter of 10 MB",
            with -> {
              byte[] value = new byte[10 << 20];
              Arrays.fill(value, (byte) 'v');
              with.ask(
                  Send.parse("", "SELECT length($1), md5($1), $1", TEXT),
                  Send.bind("", "", List.of(value), 0, 0),
                  Send.execute("", 0),
                  Send.sync());
            }),
        new Scenario(
            "100 000 rows",
            with -> with.query("SELECT i, 'row ' || i FROM generate_series(1, 100000) i")),
        new Scenario(
            "100 000 rows in portions",
            with -> {
              with.send(
                  Send.parse("", "SELECT i FROM generate_series(1, 100000) i"),
                  Send.bind("", "", List.of(), 1, 1),
                  Send.describePortal(""));
              for (int i = 0; i < 10; i++) {
                with.send(Send.execute("", 10_000), Send.flush());
                with.until('s');
              }
              with.ask(Send.execute("", 10_000), Send.sync());
            }));
  }

  private static byte[] int4(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }
}
