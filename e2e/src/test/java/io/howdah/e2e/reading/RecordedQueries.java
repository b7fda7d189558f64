package io.howdah.e2e.reading;

import io.howdah.config.CausalReads;
import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs queries in a process of its own and prints the files that each passes through: a line for
 * each, of the query's name and the file's. Arguments: the superuser's password, and the servers,
 * the primary first.
 */
final class RecordedQueries {
  /** Chance, such as a connection that is just being opened, is in few of them. */
  private static final int TIMES = 30;

  private static final int UNRECORDED = 5;

  /** Long enough for the connection to be back in its pool, which nobody waits for. */
  private static final int PAUSE_MILLIS = 50;

  private interface Request {
    void run(Wire wire, int turn) throws IOException;
  }

  private RecordedQueries() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    List<HostPort> nodes = Arrays.stream(args).skip(1).map(RecordedQueries::address).toList();
    HowdahSpec spec = HowdahSpec.inFrontOf(nodes, args[0]).mode(PoolMode.TRANSACTION);
    // Questions about the WAL, and inspections, come at any time.
    try (Howdah howdah = spec.causalReads(CausalReads.OFF).leakCheckRate(0).start();
        Wire wire = howdah.wire()) {
      print("simple", wire, (w, turn) -> w.query("SELECT 7"));
      print(
          "extended",
          wire,
          (w, turn) -> {
            w.send(Send.parse("", "SELECT 8"), Send.bind("", ""), Send.execute("", 0), Send.sync());
            w.ready();
          });
      // Each time another text: one that was misrouted is not misrouted twice.
      print("misrouted", wire, (w, turn) -> w.query("SELECT misrouted_write(" + turn + ")"));
    }
  }

  private static void print(String what, Wire wire, Request request)
      throws IOException, InterruptedException {
    for (int turn = 0; turn < UNRECORDED; turn++) {
      request.run(wire, -turn - 1);
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (int turn = 0; turn < TIMES; turn++) {
      Footsteps.begin();
      request.run(wire, turn);
      Thread.sleep(PAUSE_MILLIS);
      Footsteps.end().forEach(each -> counts.merge(each, 1, Integer::sum));
    }
    counts.forEach(
        (file, count) -> {
          if (count > TIMES / 2) {
            System.out.println(what + " " + file);
          }
        });
  }

  private static HostPort address(String text) {
    int colon = text.lastIndexOf(':');
    return new HostPort(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }
}
