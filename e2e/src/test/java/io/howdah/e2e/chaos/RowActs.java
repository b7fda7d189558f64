package io.howdah.e2e.chaos;

import io.howdah.e2e.wire.Send;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Simple queries, transactions, errors, notices and function calls. */
final class RowActs {
  private static final int TEXTCAT = 1258;
  private static final int MOST_PIPELINED = 12;
  private static final int MOST_ROWS = 300;

  private RowActs() {}

  static void deal(Deck deck) {
    deck.add(12, "row", RowActs::row);
    deck.add(3, "many rows", RowActs::manyRows);
    deck.add(4, "pipeline", RowActs::pipeline);
    deck.add(3, "error", RowActs::error);
    deck.add(2, "notice", RowActs::notice);
    deck.add(2, "function call", RowActs::functionCall);
    deck.add(8, "transaction", RowActs::transaction);
    deck.add(2, "script", RowActs::script);
  }

  static void row(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    Replies replies = ride.query("SELECT '" + tag + "'", "TDCZ");
    ride.same(tag, replies.row().getFirst());
    ride.same('I', replies.status());
  }

  private static void manyRows(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    int rows = ride.random.nextInt(MOST_ROWS);
    int width = ride.random.nextInt(200);
    String filler = "x".repeat(width);
    Replies replies =
        ride.query(
            "SELECT '"
                + tag
                + "/' || i || repeat('x', "
                + width
                + ") FROM generate_series(1, "
                + rows
                + ") i",
            "TD{" + rows + "}CZ");
    List<String> column = replies.column();
    for (int i = 0; i < rows; i++) {
      ride.same(tag + "/" + (i + 1) + filler, column.get(i));
    }
  }

  /** Many queries at once, some of which fail; each must be answered in its turn. */
  private static void pipeline(Ride ride) throws IOException, Gone {
    List<String> expected = new ArrayList<>();
    List<byte[]> messages = new ArrayList<>();
    for (int i = 1 + ride.random.nextInt(MOST_PIPELINED); i > 0; i--) {
      String tag = ride.tag();
      boolean fails = ride.random.nextInt(5) == 0;
      expected.add(fails ? "!" + tag : tag);
      messages.add(Send.query("SELECT '" + tag + "'" + (fails ? "::int" : "")));
    }
    ride.send(messages.toArray(byte[][]::new));
    for (String each : expected) {
      Replies replies = ride.until('Z');
      if (each.startsWith("!")) {
        ride.expect("T?EZ", replies);
        ride.same(
            "invalid input syntax for type integer: \"" + each.substring(1) + "\"",
            replies.error('M'));
      } else {
        ride.expect("TDCZ", replies);
        ride.same(each, replies.row().getFirst());
      }
    }
  }

  private static void error(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    Replies replies = ride.query("SELECT 1 FROM \"" + tag + "\"", "EZ");
    ride.same("relation \"" + tag + "\" does not exist", replies.error('M'));
  }

  private static void notice(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    ride.notices.clear();
    ride.query("DO $$ BEGIN RAISE NOTICE '" + tag + "'; END $$", "CZ");
    ride.same(List.of(tag), ride.notices);
  }

  private static void functionCall(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    Replies replies = ride.ask(Send.functionCall(TEXTCAT, tag, "!"));
    ride.expect("VZ", replies);
    byte[] body = replies.messages().getFirst().body();
    ride.same(tag + "!", new String(body, 4, body.length - 4, StandardCharsets.US_ASCII));
  }

  /** Several statements in one string; an error voids them all. */
  private static void script(Ride ride) throws IOException, Gone {
    String one = ride.tag();
    String two = ride.tag();
    boolean fails = ride.random.nextBoolean();
    Replies replies =
        ride.query(
            "SELECT '" + one + "'; SELECT '" + two + "'" + (fails ? "; SELECT 1/0" : ""),
            fails ? "TDCTDCT?EZ" : "TDCTDCZ");
    ride.same(List.of(one, two), replies.column());
  }

  /** Increases a row of its own: no increase is lost, none is done twice. */
  private static void transaction(Ride ride) throws IOException, Gone {
    Rider rider = ride.rider;
    ride.same('T', ride.query("BEGIN", "CZ").status());
    String tag = ride.tag();
    Replies replies =
        ride.query(
            "UPDATE public.chaos_tally SET n = n + 1, label = '"
                + tag
                + "' WHERE rider = "
                + rider.number
                + " RETURNING n, label",
            "TDCZ");
    int n = Integer.parseInt(replies.row().getFirst());
    if (n <= rider.least || n > rider.most + 1) {
      throw ride.wrong("count " + n + " after " + rider.least + " to " + rider.most);
    }
    for (int i = ride.random.nextInt(3); i > 0; i--) {
      ride.same(
          List.of(Integer.toString(n), tag),
          ride.query(
                  "SELECT n, label FROM public.chaos_tally WHERE rider = " + rider.number, "TDCZ")
              .row());
    }
    switch (ride.random.nextInt(4)) {
      case 0 -> ride.same('I', ride.query("ROLLBACK", "CZ").status());
      case 1 -> {
        ride.same('E', ride.query("SELECT 1/0 AS \"" + tag + "\"", "T?EZ").status());
        ride.same("25P02", ride.query("SELECT '" + tag + "'", "EZ").sqlstate());
        ride.same('I', ride.query("COMMIT", "CZ").status());
      }
      default -> {
        rider.most = Math.max(rider.most + 1, n);
        ride.same('I', ride.query("COMMIT", "CZ").status());
        rider.least = n;
      }
    }
  }
}
