package io.howdah.e2e.chaos;

import io.howdah.e2e.wire.Send;
import java.io.IOException;

/** How a session ends: where in the protocol it breaks off. */
enum Leaving {
  IDLE {
    @Override
    void reach(Ride ride) {}
  },
  IN_A_TRANSACTION {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      ride.query("BEGIN", "CZ");
      ride.query(insert(ride), "CZ");
    }
  },
  IN_A_FAILED_TRANSACTION {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      ride.query("BEGIN", "CZ");
      ride.query("SET search_path = '" + ride.tag() + "'", "CZ");
      ride.query("SELECT 1/0", "T?EZ");
    }
  },
  WITHIN_A_MESSAGE {
    @Override
    void reach(Ride ride) throws IOException {
      ride.sendPartOf(Send.query(insert(ride)));
    }
  },
  WITHIN_A_MESSAGE_IN_A_TRANSACTION {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      ride.query("BEGIN", "CZ");
      ride.sendPartOf(Send.parse("", insert(ride) + "x".repeat(20_000)));
    }
  },
  WHILE_A_QUERY_RUNS {
    @Override
    void reach(Ride ride) throws IOException {
      ride.send(Send.query("SELECT '" + ride.tag() + "' FROM pg_sleep(0.1)"));
      Ride.pause(ride.random.nextInt(3));
    }
  },
  WHILE_A_WRITE_RUNS {
    @Override
    void reach(Ride ride) throws IOException {
      ride.send(Send.query(insert(ride)));
    }
  },
  WITH_A_PIPELINE_UNREAD {
    @Override
    void reach(Ride ride) throws IOException {
      for (int i = 0; i < 20; i++) {
        ride.send(Send.query("SELECT '" + ride.tag() + "', repeat('x', 1000)"));
      }
    }
  },
  WITHIN_A_RESULT {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      ride.send(
          Send.query(
              "SELECT '" + ride.tag() + "', repeat('x', 500) FROM generate_series(1, 5000)"));
      ride.until('D');
    }
  },
  IN_COPY_IN {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      copy(ride);
      ride.send(Send.copyData(ride.rider.number + "\t" + ride.tag() + "\n"));
    }
  },
  IN_COPY_IN_WITHIN_A_MESSAGE {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      copy(ride);
      ride.sendPartOf(Send.copyData(ride.rider.number + "\t" + ride.tag() + "\n"));
    }
  },
  IN_COPY_OUT {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      ride.send(
          Send.query("COPY (SELECT '" + ride.tag() + "' FROM generate_series(1, 9999)) TO STDOUT"));
      ride.until('d');
    }
  },
  BETWEEN_PARSE_AND_SYNC {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      ride.send(Send.parse("", "SELECT '" + ride.tag() + "'"), Send.flush());
      if (ride.random.nextBoolean()) {
        ride.until('1');
      }
    }
  },
  BETWEEN_A_WRITE_AND_SYNC {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      ride.send(Send.parse("", insert(ride)), Send.bind("", ""), Send.execute("", 0), Send.flush());
      ride.until('C');
    }
  },
  AFTER_AN_ERROR_BEFORE_SYNC {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      ride.send(Send.parse("", "SELECT 1 FROM \"" + ride.tag() + "\""), Send.flush());
      ride.until('E');
    }
  },
  WITH_A_SUSPENDED_PORTAL {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      ride.send(
          Send.parse("", "SELECT '" + ride.tag() + "' FROM generate_series(1, 100)"),
          Send.bind("", ""),
          Send.execute("", 3),
          Send.flush());
      ride.until('s');
    }
  },
  WITH_STATE_OF_ITS_OWN {
    @Override
    void reach(Ride ride) throws IOException, Gone {
      ride.query("CREATE TEMP TABLE chaos_own AS SELECT '" + ride.tag() + "' AS label", "CZ");
      ride.query("SELECT pg_advisory_lock(" + ride.rider.number + ", " + ride.number + ")", "TDCZ");
      ride.query("LISTEN " + ride.channel(), "CZ");
      ride.query("SET chaos.mine = '" + ride.tag() + "'", "CZ");
    }
  },
  BEHIND_A_CANCEL {
    @Override
    void reach(Ride ride) throws IOException {
      ride.send(Send.query("SELECT '" + ride.tag() + "' FROM pg_sleep(0.1)"));
      CancelActs.send(ride, ride.key());
    }
  };

  /** Brings the session to this point. */
  abstract void reach(Ride ride) throws IOException, Gone;

  /** Brings it there and ends it: with a goodbye, without, or with a reset. */
  void leave(Ride ride) throws IOException, Gone {
    reach(ride);
    switch (ride.random.nextInt(3)) {
      case 0 -> ride.send(Send.terminate());
      case 1 -> ride.vanish();
      default -> ride.close();
    }
  }

  private static String insert(Ride ride) {
    return "INSERT INTO public.chaos_rows VALUES (" + ride.rider.number + ", '" + ride.tag() + "')";
  }

  private static void copy(Ride ride) throws IOException, Gone {
    ride.send(Send.query("COPY public.chaos_rows (rider, label) FROM STDIN"));
    ride.until('G');
  }
}
