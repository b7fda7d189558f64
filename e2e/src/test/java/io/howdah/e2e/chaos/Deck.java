package io.howdah.e2e.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a session may do next, some of it more often. */
final class Deck {
  /** Something that a session does between two transactions. */
  interface Act {
    /**
     * Does it and checks every reply.
     *
     * @throws Gone when the session ended as it may
     * @throws AssertionError when a reply is wrong
     */
    void on(Ride ride) throws IOException, Gone;
  }

  /** An act and its name in reports. */
  record Card(String name, Act act) {}

  private final List<Card> cards = new ArrayList<>();

  static Deck all(boolean withSettings) {
    Deck deck = new Deck();
    RowActs.deal(deck);
    BatchActs.deal(deck);
    StatementActs.deal(deck);
    if (withSettings) {
      SettingActs.deal(deck);
    }
    CopyActs.deal(deck);
    PinActs.deal(deck);
    CancelActs.deal(deck);
    return deck;
  }

  void add(int times, String name, Act act) {
    for (int i = 0; i < times; i++) {
      cards.add(new Card(name, act));
    }
  }

  Card draw(Random random) {
    return cards.get(random.nextInt(cards.size()));
  }
}
