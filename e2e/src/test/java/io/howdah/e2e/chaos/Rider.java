package io.howdah.e2e.chaos;

import io.howdah.e2e.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One client: it opens a session, does random things, leaves it in a random way, and again. */
final class Rider {
  private static final int KEYS_KEPT = 20;
  private static final List<Leaving> WAYS = List.of(Leaving.values());

  final int number;
  final Random random;

  /** How often a row of its own was increased, for certain and at most. */
  int least;

  int most;

  private final Chaos chaos;
  private final Deck deck;

  /** Keys of sessions that are over: no cancel request with one of them may hit anybody. */
  private final List<Message> oldKeys = new ArrayList<>();

  private int sessions;

  Rider(int number, Chaos chaos, Deck deck) {
    this.number = number;
    this.chaos = chaos;
    this.deck = deck;
    this.random = new Random(chaos.plan().seed() * 1_000_003 + number);
  }

  /** What a session has that sets nothing. */
  Map<String, String> defaults() {
    return chaos.defaults();
  }

  /** A key of a session that is over, or null. */
  Message oldKey() {
    return oldKeys.isEmpty() ? null : oldKeys.get(random.nextInt(oldKeys.size()));
  }

  /** Whether each of its sessions has settings of its own. */
  boolean hasOwnSettings() {
    return chaos.plan().ownSettings();
  }

  /** How many of its own notifications a session heard. */
  void heard(int came, int sent) {
    chaos.count("notifications heard", came);
    chaos.count("notifications sent", sent);
  }

  /** Rides until the time is over. */
  void run() {
    while (!chaos.isOver()) {
      try (Ride ride = Ride.mount(this, ++sessions, chaos.howdah())) {
        ride(ride);
      } catch (Gone e) {
        chaos.count(e.getMessage());
      } catch (IOException e) {
        // A write to a connection that the other side has ended; what it said is not read.
        chaos.count("write failed");
      }
    }
  }

  private void ride(Ride ride) throws IOException, Gone {
    for (int i = 1 + random.nextInt(chaos.plan().longestRide()); i > 0 && !chaos.isOver(); i--) {
      Deck.Card card = deck.draw(random);
      card.act().on(ride);
      chaos.count(card.name());
    }
    oldKeys.add(ride.key());
    if (oldKeys.size() > KEYS_KEPT) {
      oldKeys.removeFirst();
    }
    Leaving way = WAYS.get(random.nextInt(WAYS.size()));
    way.leave(ride);
    chaos.count("left " + way);
  }
}
