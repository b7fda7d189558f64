package io.howdah.e2e.chaos;

import io.howdah.e2e.wire.Send;
import java.io.IOException;
import java.util.List;

/** Prepared statements: every client uses the same few names, for texts of its own. */
final class StatementActs {
  private static final List<String> NAMES = List.of("s", "t", "u", "S_1");

  private StatementActs() {}

  static void deal(Deck deck) {
    deck.add(8, "statement", StatementActs::use);
    deck.add(2, "statement closed", StatementActs::close);
    deck.add(2, "statement closed in vain", StatementActs::closeInVain);
    deck.add(2, "statement after an error", StatementActs::afterError);
    deck.add(2, "statement voided", StatementActs::voided);
    deck.add(2, "statement taken", StatementActs::taken);
    deck.add(1, "SQL PREPARE", StatementActs::sqlPrepare);
    deck.add(1, "DEALLOCATE ALL", StatementActs::deallocateAll);
  }

  private static String name(Ride ride) {
    return NAMES.get(ride.random.nextInt(NAMES.size()));
  }

  private static String text(String tag) {
    return "SELECT '" + tag + "' || $1";
  }

  private static void use(Ride ride) throws IOException, Gone {
    String name = name(ride);
    String known = ride.statements.get(name);
    if (known == null) {
      String tag = ride.tag();
      Replies replies =
          ride.ask(
              Send.parse(name, text(tag)),
              Send.bind("", name, "a"),
              Send.execute("", 0),
              Send.sync());
      ride.expect("12DCZ", replies);
      ride.same(tag + "a", replies.row().getFirst());
      ride.statements.put(name, tag);
      return;
    }
    int times = 1 + ride.random.nextInt(3);
    for (int i = 0; i < times; i++) {
      ride.send(
          Send.describeStatement(name),
          Send.bind("", name, "b" + i),
          Send.execute("", 0),
          Send.sync());
    }
    for (int i = 0; i < times; i++) {
      Replies replies = ride.until('Z');
      ride.expect("tT2DCZ", replies);
      ride.same(known + "b" + i, replies.row().getFirst());
    }
  }

  private static void close(Ride ride) throws IOException, Gone {
    String name = name(ride);
    ride.expect("3Z", ride.ask(Send.closeStatement(name), Send.sync()));
    ride.statements.remove(name);
    ride.same(
        "26000", ride.ask(Send.bind("", name, "c"), Send.execute("", 0), Send.sync()).sqlstate());
  }

  /** An error ahead of the Close: the statement stays. */
  private static void closeInVain(Ride ride) throws IOException, Gone {
    String name = name(ride);
    String tag = ride.tag();
    Replies replies =
        ride.ask(
            Send.parse("", "SELECT 1 FROM \"" + tag + "\""),
            Send.closeStatement(name),
            Send.sync());
    ride.expect("EZ", replies);
    use(ride);
  }

  /** A Parse that the server refuses prepares nothing. */
  private static void afterError(Ride ride) throws IOException, Gone {
    String name = name(ride);
    String tag = ride.tag();
    if (ride.statements.containsKey(name)) {
      close(ride);
      return;
    }
    Replies replies =
        ride.ask(Send.parse(name, "SELECT '" + tag + "' || $1 FROM nowhere"), Send.sync());
    ride.expect("EZ", replies);
    ride.same("42P01", replies.sqlstate());
    ride.same("26000", ride.ask(Send.bind("", name, "d"), Send.sync()).sqlstate());
  }

  /** A Parse behind an error is void; the very same text is prepared right after it. */
  private static void voided(Ride ride) throws IOException, Gone {
    String name = name(ride);
    if (ride.statements.containsKey(name)) {
      use(ride);
      return;
    }
    String tag = ride.tag();
    ride.expect(
        "1EZ",
        ride.ask(
            Send.parse("", "SELECT $1::int"),
            Send.bind("", "", tag),
            Send.parse(name, text(tag)),
            Send.bind("", name, "e"),
            Send.execute("", 0),
            Send.sync()));
    if (ride.random.nextBoolean()) {
      ride.same("26000", ride.ask(Send.bind("", name, "e"), Send.sync()).sqlstate());
    }
    Replies replies =
        ride.ask(
            Send.parse(name, text(tag)),
            Send.bind("", name, "f"),
            Send.execute("", 0),
            Send.sync());
    ride.expect("12DCZ", replies);
    ride.same(tag + "f", replies.row().getFirst());
    ride.statements.put(name, tag);
  }

  /** A name that is taken can't be given again, and keeps what it stands for. */
  private static void taken(Ride ride) throws IOException, Gone {
    String name = name(ride);
    if (ride.statements.containsKey(name)) {
      Replies replies = ride.ask(Send.parse(name, text(ride.tag())), Send.sync());
      ride.expect("EZ", replies);
      ride.same("42P05", replies.sqlstate());
    }
    use(ride);
  }

  private static void sqlPrepare(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    ride.query("PREPARE mine (text) AS SELECT '" + tag + "' || $1", "CZ");
    for (int i = 1 + ride.random.nextInt(3); i > 0; i--) {
      ride.same(tag + i, ride.query("EXECUTE mine ('" + i + "')", "TDCZ").row().getFirst());
      RowActs.row(ride);
    }
    ride.query("DEALLOCATE mine", "CZ");
    ride.same("26000", ride.query("EXECUTE mine ('x')", "EZ").sqlstate());
    SettingActs.discardAll(ride);
  }

  private static void deallocateAll(Ride ride) throws IOException, Gone {
    ride.query("DEALLOCATE ALL", "CZ");
    ride.statements.clear();
    ride.same("26000", ride.ask(Send.bind("", name(ride), "g"), Send.sync()).sqlstate());
  }
}
