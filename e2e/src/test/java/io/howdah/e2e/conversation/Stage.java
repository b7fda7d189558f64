package io.howdah.e2e.conversation;

import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Where a conversation is held: with one server, as clients of it. Nobody waits for an answer
 * before going on for longer than a moment, so that clients may wait for each other's server
 * connections; the end is what all have to come to. There every client gives up a COPY, ends its
 * batch, rolls its transaction back, and asks for a last row.
 */
final class Stage {
  private static final String THE_END = "this is the end";
  private static final long LATE_MILLIS = 3_000;
  private static final long QUIET_MILLIS = 3;

  private final HostPort at;
  private final boolean paced;
  private final Db beside;
  private final Runnable replayed;

  /**
   * @param paced whether clients wait where their lines say so: what PostgreSQL itself answers does
   *     not depend on that
   * @param beside looks at the tables, past Howdah
   * @param replayed waits until replicas have what was written beside
   */
  Stage(HostPort at, boolean paced, Db beside, Runnable replayed) {
    this.at = at;
    this.paced = paced;
    this.beside = beside;
    this.replayed = replayed;
  }

  /** One of the clients. */
  private static final class Speaker {
    final Wire wire;
    final Ear ear;
    final List<byte[]> unsent = new ArrayList<>();
    int asked;
    boolean gone;

    Speaker(HostPort at) throws IOException {
      wire = Wire.login(at, Map.of());
      ear = new Ear(wire);
    }

    void say(Line line, boolean paced) {
      asked += line.isRequest() ? 1 : 0;
      if (line.cut() > 0) {
        unsent.add(Arrays.copyOf(line.bytes(), line.cut()));
        send();
        unsent.add(Arrays.copyOfRange(line.bytes(), line.cut(), line.bytes().length));
      } else {
        unsent.add(line.bytes());
      }
      if (line.waits()) {
        send();
        if (paced) {
          ear.pause(line.type() == 'H' ? Integer.MAX_VALUE : asked, QUIET_MILLIS);
        }
        asked = ear.ready();
      }
    }

    void send() {
      try {
        if (!gone) {
          wire.send(unsent.toArray(byte[][]::new));
        }
      } catch (IOException e) {
        // The server has closed the connection; the ear knows what it said before.
        gone = true;
      }
      unsent.clear();
    }

    void end() {
      unsent.add(Send.copyFail("the end"));
      unsent.add(Send.sync());
      unsent.add(Send.query("ROLLBACK"));
      unsent.add(Send.query("SELECT '" + THE_END + "'"));
      send();
    }

    List<String> heard() {
      List<String> lines = new ArrayList<>();
      char status = 'I';
      for (var each : ear.heard()) {
        lines.add(Allowances.line(each, status));
        status = each.type() == 'Z' ? (char) each.body()[0] : status;
      }
      return lines;
    }
  }

  /**
   * Has a dialogue take place.
   *
   * @param boundMillis after so long without an end it is said to hang
   */
  Outcome play(Dialogue dialogue, long boundMillis) {
    int clients = dialogue.clients();
    beside.run(Texts.beginning(clients));
    replayed.run();
    List<Speaker> speakers = new ArrayList<>();
    try {
      for (int i = 0; i < clients; i++) {
        speakers.add(new Speaker(at));
      }
      for (Line line : dialogue.lines()) {
        speakers.get(line.client()).say(line, paced);
      }
      for (int i = 0; i < clients; i++) {
        if (dialogue.leaves(i)) {
          speakers.get(i).send();
        } else {
          speakers.get(i).end();
        }
      }
      List<List<String>> heard = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        heard.add(toEnd(speakers.get(i), dialogue.leaves(i), boundMillis));
      }
      speakers.forEach(Stage::close);
      return new Outcome(heard, rows(clients));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      speakers.forEach(Stage::close);
    }
  }

  private static void close(Speaker speaker) {
    try {
      speaker.wire.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> toEnd(Speaker speaker, boolean leaves, long boundMillis) {
    boolean came =
        leaves ? speaker.ear.awaitClose(boundMillis) : speaker.ear.awaitEnd(THE_END, boundMillis);
    List<String> heard = new ArrayList<>(speaker.heard());
    if (!came) {
      heard.add(Outcome.HANGS);
    } else if (speaker.ear.isEnded()) {
      heard.add(Outcome.CLOSED);
    }
    return heard;
  }

  /**
   * What the tables hold, once they hold what is expected: what a client asked for before it left
   * may be done a little later. If they never do, what they hold then.
   */
  List<String> rowsInTheEnd(int clients, List<String> expected) {
    long end = System.nanoTime() + LATE_MILLIS * 1_000_000;
    List<String> rows = rows(clients);
    while (!rows.equals(expected) && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(1_000_000);
      rows = rows(clients);
    }
    return rows;
  }

  private List<String> rows(int clients) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      rows.add(String.join(" ", beside.column("SELECT t::text FROM talk" + i + " t ORDER BY id")));
    }
    return rows;
  }
}
