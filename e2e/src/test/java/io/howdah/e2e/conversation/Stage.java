package io.howdah.e2e.conversation;

import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Db;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Where conversations are held, one after the other: with one server, as clients of it. Nobody
 * waits for an answer before going on for longer than a moment, so that clients may wait for each
 * other's server connections; the end is what all have to come to. One thread.
 */
final class Stage implements AutoCloseable {
  private final HostPort at;
  private final Room room;
  private final boolean direct;
  private final Db beside;
  private final Runnable replayed;

  /** Clients of earlier conversations, whose sessions are as good as new. */
  private final Deque<Speaker> rested = new ArrayDeque<>();

  /**
   * @param direct whether this is PostgreSQL itself: what it answers depends neither on whether
   *     clients wait where their lines say so, nor on whether a session has begun or was reset
   * @param beside looks at the tables, past Howdah
   * @param replayed waits until replicas have what was written beside
   */
  Stage(HostPort at, Room room, boolean direct, Db beside, Runnable replayed) {
    this.at = at;
    this.room = room;
    this.direct = direct;
    this.beside = beside;
    this.replayed = replayed;
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
    boolean ended = false;
    try {
      while (speakers.size() < clients) {
        speakers.add(rested.isEmpty() ? new Speaker(at, room.database()) : rested.pop());
      }
      List<List<String>> heard = heard(speakers, dialogue, boundMillis);
      ended = heard.stream().noneMatch(each -> each.getLast().equals(Outcome.HANGS));
      List<String> rows = rows(clients);
      return new Outcome(heard, rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      for (Speaker each : speakers) {
        if (direct && ended && each.rest(boundMillis)) {
          rested.push(each);
        } else {
          each.close();
        }
      }
    }
  }

  private List<List<String>> heard(List<Speaker> speakers, Dialogue dialogue, long boundMillis)
      throws IOException {
    for (Line line : dialogue.lines()) {
      speakers.get(line.client()).say(line, !direct);
    }
    for (int i = 0; i < speakers.size(); i++) {
      if (dialogue.leaves(i)) {
        speakers.get(i).leave(dialogue.staysBehindItsGoodbye(i));
      } else {
        speakers.get(i).end();
      }
    }
    List<List<String>> heard = new ArrayList<>();
    for (int i = 0; i < speakers.size(); i++) {
      heard.add(speakers.get(i).toEnd(dialogue.leaves(i), boundMillis));
    }
    return heard;
  }

  /** What the clients' tables hold. */
  List<String> rows(int clients) {
    return beside.column(Texts.content(clients));
  }

  @Override
  public void close() {
    rested.forEach(Speaker::close);
  }
}
