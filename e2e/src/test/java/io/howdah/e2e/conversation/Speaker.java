package io.howdah.e2e.conversation;

import io.howdah.config.HostPort;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One of the clients of a conversation. One thread. */
final class Speaker {
  private static final String THE_END = "this is the end";

  /** So long that an answer that is not waited for by somebody else has come. */
  private static final long QUIET_MILLIS = 3;

  private final Wire wire;
  private final Ear ear;
  private final List<byte[]> unsent = new ArrayList<>();

  /** Requests that ReadyForQuery ends, so far. */
  private int asked;

  /** Messages of the extended protocol since the last of them. */
  private int parts;

  private boolean gone;

  /** Logs in. */
  Speaker(HostPort at, String database) throws IOException {
    wire = Wire.login(at, Map.of("database", database));
    ear = new Ear(wire);
  }

  /**
   * Says a line.
   *
   * @param paced whether to wait for what is owed then, if the line says so
   */
  void say(Line line, boolean paced) {
    if (line.isRequest()) {
      asked++;
      parts = 0;
    } else if (line.isAnsweredWithinABatch()) {
      parts++;
    }
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
        ear.pause(asked, line.type() == 'H' ? parts : 0, QUIET_MILLIS);
      }
      asked = ear.ready();
    }
  }

  private void send() {
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

  /** Gives up a COPY, ends its batch, rolls its transaction back, and asks for a last row. */
  void end() {
    unsent.add(Send.copyFail("the end"));
    unsent.add(Send.sync());
    unsent.add(Send.query("ROLLBACK"));
    unsent.add(Send.query("SELECT '" + THE_END + "'"));
    send();
  }

  /**
   * It has said Terminate.
   *
   * @param stays whether it still listens; else its end of the connection is closed
   */
  void leave(boolean stays) throws IOException {
    send();
    if (!stays && !gone) {
      wire.finishSending();
    }
  }

  /** What it hears up to its last row, or up to the end of the connection. */
  List<String> toEnd(boolean leaves, long boundMillis) {
    boolean came = leaves ? ear.awaitClose(boundMillis) : ear.awaitEnd(THE_END, boundMillis);
    List<String> lines = new ArrayList<>();
    char status = 'I';
    for (var each : ear.heard()) {
      lines.add(Allowances.line(each, status));
      status = each.type() == 'Z' ? (char) each.body()[0] : status;
    }
    if (!came) {
      lines.add(Outcome.HANGS);
    } else if (ear.isEnded()) {
      lines.add(Outcome.CLOSED);
    }
    return lines;
  }

  /** Makes its session as good as new. Whether it can be had for another conversation. */
  boolean rest(long boundMillis) {
    if (ear.isEnded()) {
      return false;
    }
    ear.forget();
    unsent.add(Send.query("DISCARD ALL"));
    send();
    boolean rests = ear.awaitReady(boundMillis);
    ear.forget();
    asked = 0;
    parts = 0;
    return rests;
  }

  void close() {
    try {
      wire.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
