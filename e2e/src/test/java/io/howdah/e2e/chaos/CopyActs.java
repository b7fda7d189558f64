package io.howdah.e2e.chaos;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** COPY in both directions, ended well, by the client, and by the server. */
final class CopyActs {
  private static final int MOST_LINES = 50;
  private static final String COPY_IN = "COPY public.chaos_rows (rider, label) FROM STDIN";

  private CopyActs() {}

  static void deal(Deck deck) {
    deck.add(3, "COPY in", CopyActs::in);
    deck.add(2, "COPY in by a batch", CopyActs::inByBatch);
    deck.add(2, "COPY given up", CopyActs::givenUp);
    deck.add(3, "COPY failed within a message", CopyActs::failedWithinMessage);
    deck.add(3, "COPY out", CopyActs::out);
  }

  private static void in(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    int lines = 1 + ride.random.nextInt(MOST_LINES);
    ride.query("BEGIN", "CZ");
    ride.send(Send.query(COPY_IN));
    ride.expect("G", ride.until('G'));
    ride.send(lines(ride, tag, lines));
    ride.expect("CZ", ride.ask(Send.copyDone()));
    ride.same(
        Integer.toString(lines),
        ride.query("SELECT count(*) FROM public.chaos_rows WHERE label = '" + tag + "'", "TDCZ")
            .row()
            .getFirst());
    ride.query("ROLLBACK", "CZ");
  }

  private static byte[][] lines(Ride ride, String tag, int lines) {
    List<byte[]> data = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      data.add(Send.copyData(ride.rider.number + "\t" + tag + "\n"));
    }
    return data.toArray(byte[][]::new);
  }

  private static void inByBatch(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    ride.query("BEGIN", "CZ");
    ride.send(Send.parse("", COPY_IN), Send.bind("", ""), Send.execute("", 0), Send.flush());
    ride.expect("12G", ride.until('G'));
    ride.send(lines(ride, tag, 3));
    ride.expect("CZ", ride.ask(Send.copyDone(), Send.sync()));
    ride.query("ROLLBACK", "CZ");
  }

  private static void givenUp(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    ride.send(Send.query(COPY_IN));
    ride.expect("G", ride.until('G'));
    ride.send(lines(ride, tag, ride.random.nextInt(5)));
    Replies replies = ride.ask(Send.copyFail(tag));
    ride.expect("EZ", replies);
    ride.same("COPY from stdin failed: " + tag, replies.error('M'));
  }

  /**
   * The server fails while the client is in the middle of a CopyData: the rest of it must not
   * become the beginning of another client's message, nor the other way round.
   */
  private static void failedWithinMessage(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    ride.send(Send.query(COPY_IN));
    ride.expect("G", ride.until('G'));
    ride.send(Send.copyData(tag + "\tno number\n"));
    byte[] rest = ride.sendPartOf(lines(ride, tag, 1)[0]);
    Replies replies = ride.until('Z');
    ride.expect("EZ", replies);
    ride.same("invalid input syntax for type integer: \"" + tag + "\"", replies.error('M'));
    Ride.pause(ride.random.nextInt(4));
    ride.send(rest, Send.copyDone());
    RowActs.row(ride);
  }

  private static void out(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    int lines = ride.random.nextInt(MOST_LINES);
    Replies replies =
        ride.query(
            "COPY (SELECT '" + tag + "/' || i FROM generate_series(1, " + lines + ") i) TO STDOUT",
            "Hd{" + lines + "}cCZ");
    int i = 0;
    for (Message each : replies.messages()) {
      if (each.type() == 'd') {
        i++;
        ride.same(tag + "/" + i + "\n", new String(each.body(), StandardCharsets.UTF_8));
      }
    }
  }
}
