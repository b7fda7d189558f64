package io.howdah.e2e.conversation;

import io.howdah.config.PoolMode;
import io.howdah.e2e.chaos.Sabotaged;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;

/**
 * Random conversations in a process of their own, for {@link ConversationSabotageTest}: ends with
 * {@link Sabotaged#DETECTED} as soon as one differs, or with 0 when none does.
 */
final class SabotagedTalk {
  private static final int CONVERSATIONS = 200;

  private SabotagedTalk() {}

  public static void main(String[] args) {
    Servers servers = Servers.shared();
    Room.prepare(servers, 1);
    String difference = "";
    Comparison comparison =
        new Comparison(
            Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false),
            Manner.ON_PRIMARY,
            new Room(0),
            new Crashes());
    for (long seed = 1; seed <= CONVERSATIONS && difference.isEmpty(); seed++) {
      difference = comparison.difference(seed);
    }
    System.out.println(difference);
    servers.close();
    Runtime.getRuntime().halt(difference.isEmpty() ? 0 : Sabotaged.DETECTED);
  }
}
