package io.howdah.e2e.chaos;

import io.howdah.e2e.wire.Send;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The extended protocol without named statements: batches, pipelines, portals, Flush. */
final class BatchActs {
  private static final int MOST_PIPELINED = 6;

  private BatchActs() {}

  static void deal(Deck deck) {
    deck.add(6, "batch", BatchActs::batch);
    deck.add(4, "batches in a pipeline", BatchActs::pipeline);
    deck.add(3, "error within a batch", BatchActs::error);
    deck.add(3, "suspended portal", BatchActs::portal);
    deck.add(2, "named portals", BatchActs::portals);
    deck.add(2, "unnamed statement kept", BatchActs::unnamedKept);
  }

  private static byte[][] messages(List<byte[]> all) {
    return all.toArray(byte[][]::new);
  }

  private static void batch(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    Replies replies =
        ride.ask(
            Send.parse("", "SELECT '" + tag + "' || $1"),
            Send.describeStatement(""),
            Send.bind("", "", "!"),
            Send.describePortal(""),
            Send.execute("", 0),
            Send.sync());
    ride.expect("1tT2TDCZ", replies);
    ride.same(tag + "!", replies.row().getFirst());
  }

  /** Batches sent at once, some of which fail in the middle. */
  private static void pipeline(Ride ride) throws IOException, Gone {
    List<byte[]> all = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 1 + ride.random.nextInt(MOST_PIPELINED); i > 0; i--) {
      String tag = ride.tag();
      boolean fails = ride.random.nextInt(4) == 0;
      expected.add(fails ? "" : tag);
      all.add(Send.parse("", "SELECT $1::" + (fails ? "int" : "text")));
      all.add(Send.bind("", "", tag));
      all.add(Send.execute("", 0));
      all.add(Send.sync());
    }
    ride.send(messages(all));
    for (String each : expected) {
      Replies replies = ride.until('Z');
      ride.expect(each.isEmpty() ? "1EZ" : "12DCZ", replies);
      ride.same(each.isEmpty() ? List.of() : List.of(each), replies.column());
    }
  }

  /** What follows an error up to Sync is void; what came before it was answered. */
  private static void error(Ride ride) throws IOException, Gone {
    String one = ride.tag();
    String two = ride.tag();
    Replies replies =
        ride.ask(
            Send.parse("", "SELECT $1"),
            Send.bind("", "", one),
            Send.execute("", 0),
            Send.parse("", "SELECT 1 FROM \"" + two + "\""),
            Send.bind("", ""),
            Send.execute("", 0),
            Send.sync(),
            Send.parse("", "SELECT 'sentinel'"),
            Send.bind("", ""),
            Send.execute("", 0),
            Send.sync());
    ride.expect("12DCEZ", replies);
    ride.same(one, replies.row().getFirst());
    ride.same("relation \"" + two + "\" does not exist", replies.error('M'));
    Replies rest = ride.until('Z');
    ride.expect("12DCZ", rest);
  }

  /** A portal read in pieces, with Flush, in one batch that stays open. */
  private static void portal(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    ride.send(
        Send.parse("", "SELECT '" + tag + "/' || i FROM generate_series(1, 10) i"),
        Send.bind("", ""),
        Send.execute("", 4),
        Send.flush());
    ride.expect("12DDDDs", ride.until('s'));
    ride.send(Send.execute("", 4), Send.flush());
    Replies more = ride.until('s');
    ride.expect("DDDDs", more);
    ride.same(tag + "/5", more.row().getFirst());
    if (ride.random.nextBoolean()) {
      ride.expect("DDCZ", ride.ask(Send.execute("", 0), Send.sync()));
    } else {
      ride.expect("3Z", ride.ask(Send.closePortal(""), Send.sync()));
    }
  }

  /** Several portals in one transaction, read in turns. */
  private static void portals(Ride ride) throws IOException, Gone {
    String one = ride.tag();
    String two = ride.tag();
    ride.query("BEGIN", "CZ");
    String sql = "SELECT $1 || i FROM generate_series(1, 3) i";
    ride.expect(
        "1212Z",
        ride.ask(
            Send.parse("", sql),
            Send.bind("one", "", one),
            Send.parse("", sql),
            Send.bind("two", "", two),
            Send.sync()));
    Replies replies =
        ride.ask(
            Send.execute("one", 1), Send.execute("two", 2), Send.execute("one", 0), Send.sync());
    ride.expect("DsDDsDDCZ", replies);
    ride.same(List.of(one + 1, two + 1, two + 2, one + 2, one + 3), replies.column());
    ride.same('I', ride.query("COMMIT", "CZ").status());
    ride.same("34000", ride.ask(Send.execute("one", 0), Send.sync()).sqlstate());
  }

  /** The unnamed statement lives on behind Sync, until the next one or a simple query. */
  private static void unnamedKept(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    ride.expect("1Z", ride.ask(Send.parse("", "SELECT '" + tag + "' || $1"), Send.sync()));
    for (int i = 1 + ride.random.nextInt(3); i > 0; i--) {
      Replies replies = ride.ask(Send.bind("", "", "!"), Send.execute("", 0), Send.sync());
      ride.expect("2DCZ", replies);
      ride.same(tag + "!", replies.row().getFirst());
    }
    RowActs.row(ride);
    ride.same("26000", ride.ask(Send.bind("", "", "!"), Send.sync()).sqlstate());
  }
}
