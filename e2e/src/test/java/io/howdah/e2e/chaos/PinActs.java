package io.howdah.e2e.chaos;

import java.io.IOException;
import java.util.List;

/**
 * State that can't be carried from one server connection to another: temporary tables, advisory
 * locks, cursors that outlive their transaction; and LISTEN. All clients use the same names.
 */
final class PinActs {
  private static final int MOST_NOTIFICATIONS = 4;

  /** Looks for notifications that come behind the reply to NOTIFY. */
  private static final int LOOKS = 20;

  private PinActs() {}

  static void deal(Deck deck) {
    deck.add(1, "temporary table", PinActs::temporaryTable);
    deck.add(1, "advisory lock", PinActs::advisoryLock);
    deck.add(1, "cursor WITH HOLD", PinActs::cursor);
    deck.add(2, "LISTEN", PinActs::listen);
  }

  private static void temporaryTable(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    ride.query("CREATE TEMP TABLE chaos_own AS SELECT '" + tag + "' AS label", "CZ");
    for (int i = 1 + ride.random.nextInt(3); i > 0; i--) {
      ride.same(List.of(tag), ride.query("SELECT label FROM pg_temp.chaos_own", "TDCZ").column());
    }
    SettingActs.discardAll(ride);
    ride.same("42P01", ride.query("SELECT label FROM pg_temp.chaos_own", "EZ").sqlstate());
  }

  /** A lock of this session's own: nobody else can have it, and none is left of another. */
  private static void advisoryLock(Ride ride) throws IOException, Gone {
    int key = ride.rider.number;
    String held =
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
    ride.query("SELECT pg_advisory_lock(" + key + ", " + ride.number + ")", "TDCZ");
    ride.same("1", ride.query(held, "TDCZ").row().getFirst());
    RowActs.row(ride);
    ride.same("1", ride.query(held, "TDCZ").row().getFirst());
    SettingActs.discardAll(ride);
    ride.query("BEGIN", "CZ");
    ride.query("SELECT txid_current()", "TDCZ");
    ride.same("0", ride.query(held, "TDCZ").row().getFirst());
    ride.query("COMMIT", "CZ");
  }

  private static void cursor(Ride ride) throws IOException, Gone {
    String tag = ride.tag();
    ride.query(
        "DECLARE chaos_cursor CURSOR WITH HOLD FOR SELECT '"
            + tag
            + "/' || i FROM generate_series(1, 9) i",
        "CZ");
    for (int i = 1; i < 4; i++) {
      ride.same(tag + "/" + i, ride.query("FETCH 1 FROM chaos_cursor", "TDCZ").row().getFirst());
    }
    SettingActs.discardAll(ride);
    ride.same("34000", ride.query("FETCH 1 FROM chaos_cursor", "EZ").sqlstate());
  }

  /**
   * Own notifications in their order, none of them twice, nobody else's ever. One may be lost when
   * its server connection is killed.
   */
  private static void listen(Ride ride) throws IOException, Gone {
    ride.query("LISTEN " + ride.channel(), "CZ");
    ride.notifications.clear();
    List<String> sent = new java.util.ArrayList<>();
    for (int i = 1 + ride.random.nextInt(MOST_NOTIFICATIONS); i > 0; i--) {
      String tag = ride.tag();
      sent.add(tag);
      ride.query("NOTIFY " + ride.channel() + ", '" + tag + "'", "CZ");
    }
    for (int i = 0; i < LOOKS && ride.notifications.size() < sent.size(); i++) {
      RowActs.row(ride);
      Ride.pause(i / 4);
    }
    int at = 0;
    for (String each : ride.notifications) {
      while (at < sent.size() && !sent.get(at).equals(each)) {
        at++;
      }
      if (at == sent.size()) {
        throw ride.wrong("notifications " + ride.notifications + " of " + sent);
      }
      at++;
    }
    ride.rider.heard(ride.notifications.size(), sent.size());
    ride.query("UNLISTEN *", "CZ");
    SettingActs.discardAll(ride);
  }
}
