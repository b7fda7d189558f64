package io.howdah.e2e.chaos;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;

/** Cancel requests in time, too late, and with keys of sessions that are over; and timeouts. */
final class CancelActs {
  private static final String BY_USER = "canceling statement due to user request";

  private CancelActs() {}

  static void deal(Deck deck) {
    deck.add(2, "cancel", CancelActs::cancel);
    deck.add(4, "late cancel", CancelActs::late);
    deck.add(2, "cancel with an old key", CancelActs::oldKey);
    deck.add(2, "statement_timeout", CancelActs::timeout);
  }

  /** Sends a cancel request and waits until Howdah has taken it in. */
  static void send(Ride ride, Message key) throws IOException {
    try (Wire wire = Wire.open(ride.howdah())) {
      wire.send(Send.cancel(key));
      wire.toEnd();
    }
  }

  private static void cancel(Ride ride) throws IOException, Gone {
    boolean inTransaction = ride.random.nextBoolean();
    if (inTransaction) {
      ride.query("BEGIN", "CZ");
    }
    ride.send(Send.query("SELECT '" + ride.tag() + "' FROM pg_sleep(0.3)"));
    Ride.pause(ride.random.nextInt(10));
    send(ride, ride.key());
    settle(ride);
    if (inTransaction) {
      ride.query("ROLLBACK", "CZ");
    }
  }

  /**
   * The request that a cancel was meant for, and the next one, which it may still meet; from then
   * on none may be hit.
   */
  private static void settle(Ride ride) throws IOException, Gone {
    mayBeCanceled(ride, ride.until('Z'));
    mayBeCanceled(ride, ride.query("SELECT '" + ride.tag() + "'"));
  }

  private static void mayBeCanceled(Ride ride, Replies replies) {
    ride.expect("TDCZ|(TD*)?EZ", replies);
    if (replies.types().contains("E") && !replies.sqlstate().equals("25P02")) {
      ride.same(BY_USER, replies.error('M'));
    }
  }

  /** A cancel that comes when the request is just over, while others use its connection. */
  private static void late(Ride ride) throws IOException, Gone {
    ride.send(Send.query("SELECT '" + ride.tag() + "'"));
    if (ride.random.nextBoolean()) {
      Ride.pause(1);
    }
    send(ride, ride.key());
    settle(ride);
  }

  private static void oldKey(Ride ride) throws IOException, Gone {
    Message key = ride.rider.oldKey();
    if (key != null) {
      send(ride, key);
    }
    RowActs.row(ride);
  }

  private static void timeout(Ride ride) throws IOException, Gone {
    ride.query("BEGIN", "CZ");
    ride.query("SET LOCAL statement_timeout = '5ms'", "CZ");
    Replies replies = ride.query("SELECT '" + ride.tag() + "' FROM pg_sleep(10)", "T?EZ");
    ride.same("canceling statement due to statement timeout", replies.error('M'));
    ride.query("ROLLBACK", "CZ");
  }
}
