package io.howdah.frontend.retry;

import static io.howdah.frontend.retry.MessageWords.names;
import static io.howdah.frontend.retry.MessageWords.serverBytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.RoutingConfig;
import io.howdah.frontend.TestDesk;
import io.howdah.telemetry.PoolCounters.Figure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What becomes of a prepared statement whose plan a server finds out of date. There is no replica.
 * Messages are {@link MessageWords}.
 */
class OutdatedStatementTest {
  private static final String STALE = "E:0A000:RevalidateCachedQuery ZI";

  private final Dialogue talk = new Dialogue(RoutingConfig.DEFAULT);

  @AfterEach
  void stop() {
    talk.close();
  }

  /**
   * The client prepares {@code p}, and asks for more or less of it; then its plan is out of date.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          P:p:SELECT f S       | 1 t T ZI | B:p E S                 | true
          P:p:SELECT f S       | 1 t T ZI | B:p D:P E S             | true
          P:p:SELECT f D:S:p S | 1 t T ZI | B:p D:P E S             | true
          P:p:SELECT f D:S:p S | 1 t T ZI | D:S:p S                 | true
          P:p:SELECT f D:S:p S | 1 t T ZI | P:q:SELECT f B:q E S    | true
          P:p:SELECT f D:S:p S | 1 t T ZI | C:p P:p:SELECT f B:p E S | true
          P:p:SELECT f D:S:p S | 1 t T ZI | B:p E S                 | false
          P:p:SELECT f S       | 1 t T ZI | B:p E S B:p E S         | false
          P:p:SELECT f S       | 1 t T ZI | B:p E H S               | false
          """)
  void anOutdatedPlan(String before, String answer, String request, boolean healed) {
    talk.ask(before);
    talk.say(TestDesk.NODE, answer);
    talk.told();
    talk.heard(TestDesk.NODE);
    talk.ask(request);
    talk.heard(TestDesk.NODE);
    byte[] error = serverBytes(STALE);
    talk.say(TestDesk.NODE, STALE);
    byte[] told = talk.told();
    assertThat(talk.desk.replays.size()).isEqualTo(healed ? 1 : 0);
    if (healed) {
      // A Parse is answered by Howdah only where the server has the plan already.
      assertThat(told).isEmpty();
      String again = names(talk.heard(TestDesk.NODE));
      assertThat(again).contains("P");
      assertThat(talk.state.names.size()).isGreaterThan(0);
    } else {
      assertThat(new String(told, UTF_8)).endsWith(new String(error, UTF_8));
    }
  }

  /** What the server says when the plan is made anew on the same connection. */
  @Test
  void anOutdatedPlanIsClosedAndMadeAnew() {
    talk.ask("P:p:SELECT f S");
    talk.say(TestDesk.NODE, "1 t T ZI");
    talk.told();
    talk.heard(TestDesk.NODE);
    talk.ask("B:p D:P E S");
    talk.heard(TestDesk.NODE);
    talk.say(TestDesk.NODE, STALE);
    assertThat(names(talk.heard(TestDesk.NODE))).isEqualTo("CPBDES");
    talk.say(TestDesk.NODE, "3 1 2 T D C ZI");
    assertThat(talk.told()).isEqualTo(serverBytes("2 T D C ZI"));
    assertThat(talk.count(Figure.QUERY_COUNT)).isEqualTo(2);
  }

  /** A client that goes on with the type it was told before is told every time. */
  @Test
  void anOutdatedTypeIsRefusedUntilItIsAskedForAgain() {
    talk.ask("P:p:SELECT f D:S:p S");
    talk.say(TestDesk.NODE, "1 t T ZI");
    talk.ask("B:p E S");
    talk.say(TestDesk.NODE, STALE);
    talk.told();
    talk.heard(TestDesk.NODE);
    talk.ask("B:p E S");
    talk.say(TestDesk.NODE, "E:26000 ZI");
    assertThat(new String(talk.told(), UTF_8)).contains("0A000", "RRevalidateCachedQuery");
    talk.heard(TestDesk.NODE);
    talk.ask("B:p D:P E S");
    assertThat(names(talk.heard(TestDesk.NODE))).isEqualTo("CPBDES");
    talk.say(TestDesk.NODE, "3 1 2 T D C ZI");
    assertThat(talk.told()).isEqualTo(serverBytes("2 T D C ZI"));
    talk.ask("C:p P:p:SELECT f B:p E S");
    assertThat(names(talk.heard(TestDesk.NODE))).isEqualTo("PBES");
  }

  /** Who prepares the text from now on gets a plan that nobody has yet. */
  @Test
  void anOutdatedPlanIsSharedNoMore() {
    talk.ask("P:p:SELECT f D:S:p S");
    talk.say(TestDesk.NODE, "1 t T ZI");
    talk.ask("B:p E S");
    talk.say(TestDesk.NODE, STALE);
    talk.heard(TestDesk.NODE);
    talk.ask("P:q:SELECT f D:S:q S");
    assertThat(names(talk.heard(TestDesk.NODE))).isEqualTo("PDS");
  }
}
