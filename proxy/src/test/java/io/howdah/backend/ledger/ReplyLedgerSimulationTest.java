package io.howdah.backend.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random clients against a {@link ServerModel}: the ledger must follow every legal answer, tell
 * each outcome once and at the right time, and see every illegal answer at once.
 */
class ReplyLedgerSimulationTest {
  private static final long SEED = 20260202;
  private static final int ROUNDS = 5000;
  private static final int STEPS = 60;

  /** What can ever be the answer to a message; key 0: what may come when nothing is owed. */
  private static final Map<Character, String> EVER =
      Map.of(
          'Q',
          "TDCIEZzxGHWdc",
          'F',
          "VEZzx",
          'P',
          "1E",
          'B',
          "2E",
          '!',
          "E",
          'd',
          "tTnE",
          'D',
          "TnE",
          'E',
          "DCIsEGHWdc",
          'C',
          "3E",
          'S',
          "EZzx");

  private static final String EVERYTHING = "RKZzx23Cd c1GHWDEIVvnAtNSTs".replace(" ", "");
  private static final String ANY_TIME = "NSA";

  @Test
  void everyLegalConversationIsFollowed() {
    for (int round = 0; round < ROUNDS; round++) {
      Conversation talk = new Conversation(new Random(SEED + round));
      try {
        for (int i = 0; i < STEPS; i++) {
          talk.step();
        }
        talk.sync();
        talk.runServer();
        assertThat(talk.ledger.ledger.isEmpty()).isTrue();
        assertThat(talk.ledger.ledger.isUnsure()).isEqualTo(talk.server.doubt);
        assertThat(talk.ledger.outcomes()).doesNotContain(".");
      } catch (AssertionError e) {
        throw new AssertionError("seed " + (SEED + round), e);
      }
    }
  }

  @Test
  void anAnswerThatIsNeverOneIsSeenAtOnce() {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED - round);
      Conversation talk = new Conversation(new Random(SEED + round));
      for (int i = random.nextInt(STEPS); i > 0; i--) {
        talk.step();
      }
      char front = talk.server.front();
      String legal = ANY_TIME + (front == 0 ? "E" : EVER.get(front));
      if (talk.server.doubt) {
        legal += "Zzx";
      }
      for (int i = 0; i < EVERYTHING.length(); i++) {
        char letter = EVERYTHING.charAt(i);
        if (legal.indexOf(letter) < 0 && random.nextInt(4) == 0) {
          assertThat(talk.ledger.say(letter))
              .as("seed %d: %s when %s is owed", SEED + round, letter, front)
              .isFalse();
          break;
        }
      }
    }
  }
}
