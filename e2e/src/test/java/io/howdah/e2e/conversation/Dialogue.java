package io.howdah.e2e.conversation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * What some clients say, in this order.
 *
 * @param seed what it was drawn from
 */
record Dialogue(long seed, List<Line> lines) {
  /** The most clients there are. */
  static final int CLIENTS = 3;

  private static final int STEPS = 14;

  /** The one of this seed: of one client, or of three in turns. */
  static Dialogue of(long seed, Manner manner) {
    Random random = new Random(seed);
    int clients = random.nextInt(3) == 0 ? 1 : CLIENTS;
    List<Iterator<Line>> left = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      left.add(new Talker(random, i, manner).talk(3 + random.nextInt(STEPS)).iterator());
    }
    List<Line> lines = new ArrayList<>();
    while (!left.isEmpty()) {
      Iterator<Line> turn = left.get(random.nextInt(left.size()));
      for (int i = 1 + random.nextInt(6); i > 0 && turn.hasNext(); i--) {
        lines.add(turn.next());
      }
      left.removeIf(each -> !each.hasNext());
    }
    return new Dialogue(seed, List.copyOf(lines));
  }

  Dialogue with(List<Line> others) {
    return new Dialogue(seed, List.copyOf(others));
  }

  /** Whether a client ends it in the middle, by Terminate. */
  boolean leaves(int client) {
    return lines.stream().anyMatch(each -> each.client() == client && each.type() == 'X');
  }

  /** Whether one that does so still hears what comes. */
  boolean staysBehindItsGoodbye(int client) {
    return lines.stream()
        .anyMatch(each -> each.client() == client && each.type() == 'X' && each.waits());
  }

  /** Whether any client does. */
  boolean isLeft() {
    return lines.stream().anyMatch(each -> each.type() == 'X');
  }

  /** How many clients take part. */
  int clients() {
    return lines.stream().mapToInt(Line::client).max().orElse(0) + 1;
  }

  @Override
  public String toString() {
    return lines.stream().map(Line::toString).collect(Collectors.joining("\n"));
  }
}
