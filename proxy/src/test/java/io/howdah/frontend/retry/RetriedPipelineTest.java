package io.howdah.frontend.retry;

import static io.howdah.frontend.retry.MessageWords.clientBytes;
import static io.howdah.frontend.retry.MessageWords.names;
import static io.howdah.frontend.retry.MessageWords.serverBytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.RoutingConfig;
import io.howdah.frontend.TestDesk;
import io.howdah.telemetry.PoolCounters.Figure;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client has sent behind a request that runs again. Messages are {@link MessageWords}. */
class RetriedPipelineTest {
  private Dialogue talk;

  private void start() {
    stop();
    talk = new Dialogue(RoutingConfig.DEFAULT, TestDesk.REPLICA);
  }

  @AfterEach
  void stop() {
    if (talk != null) {
      talk.close();
      talk = null;
    }
  }

  /** What was sent behind a request runs again behind it, and nothing of it is told before. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Q:SELECT f Q:SELECT 2                  | E:25006 ZI T D C ZI        | T D C ZI T D C ZI
          Q:SELECT f Q:SELECT 2 Q:SELECT 3       | E:25006 ZI T D C ZI E:22012 ZI | T D C ZI T D C ZI T D C ZI
          Q:SELECT f Q:SELECT g                  | T E:25006 ZI E:25006 ZI    | T D C ZI T D C ZI
          P::SELECT f B: E S P::SELECT 2 B: E S  | 1 2 E:25006 ZI 1 2 D C ZI  | 1 2 D C ZI 1 2 D C ZI
          Q:SELECT f Q:SELECT 2                  | E:40001 ZI T D C ZI        | T D C ZI T D C ZI
          """)
  void withAllThatIsBehindIt(String requests, String said, String answer) {
    byte[] bytes = serverBytes(said);
    for (int cut = 0; cut <= bytes.length; cut++) {
      start();
      byte[] sent = clientBytes(requests);
      talk.client.writeInbound(Unpooled.wrappedBuffer(sent));
      talk.sayInTwo(TestDesk.REPLICA, bytes, cut);
      assertThat(talk.told()).as("cut at %s", cut).isEmpty();
      assertThat(names(talk.heard(TestDesk.NODE))).isEqualTo(names(sent));
      talk.say(TestDesk.NODE, answer);
      assertThat(talk.told()).isEqualTo(serverBytes(answer));
      assertThat(talk.desk.replays).hasSize(1);
      assertThat(talk.session().phase()).isSameAs(talk.session().turns().idle());
      assertThat(talk.count(Figure.QUERY_COUNT))
          .isEqualTo(names(sent).chars().filter(each -> each == 'Q' || each == 'S').count());
      assertThat(talk.count(Figure.BIND_COUNT))
          .isEqualTo(names(sent).chars().filter(each -> each == 'B').count());
      assertThat(talk.connections.get(TestDesk.REPLICA).slot().idle()).isTrue();
      assertThat(talk.state.names.size())
          .isEqualTo((int) requests.chars().filter(each -> each == 'p' || each == 'q').count() / 2);
    }
  }

  /** The rest of a batch may have to wait for the answers to what is before it. */
  @Test
  void withTheBeginningOfABatchBehindIt() {
    start();
    talk.ask("Q:SELECT f P:q:SELECT 2 D:S:q S");
    assertThat(names(talk.heard(TestDesk.REPLICA))).startsWith("QP").doesNotContain("D");
    talk.say(TestDesk.REPLICA, "E:25006 ZI");
    assertThat(names(talk.heard(TestDesk.REPLICA))).as("ended by Howdah").isEqualTo("S");
    talk.say(TestDesk.REPLICA, "1 ZI");
    assertThat(talk.told()).isEmpty();
    assertThat(names(talk.heard(TestDesk.NODE))).startsWith("QP");
    talk.say(TestDesk.NODE, "T D C ZI");
    assertThat(talk.told()).isEqualTo(serverBytes("T D C ZI"));
    assertThat(names(talk.heard(TestDesk.NODE))).endsWith("DS");
    talk.say(TestDesk.NODE, "1 t T ZI");
    assertThat(talk.told()).isEqualTo(serverBytes("1 t T ZI"));
    assertThat(talk.state.names.size()).isEqualTo(1);
  }

  /** Where the first is answered, those behind it go on as they are. */
  @Test
  void whatIsBehindAnAnswerIsTold() {
    start();
    talk.ask("Q:SELECT f Q:SELECT 2");
    talk.say(TestDesk.REPLICA, "T D C ZI E:25006 ZI");
    assertThat(talk.told()).isEqualTo(serverBytes("T D C ZI E:25006 ZI"));
    assertThat(talk.desk.replays).isEmpty();
  }

  /** A replica that is lost takes all with it that was sent there. */
  @Test
  void aReplicaIsLostWithAPipeline() {
    start();
    talk.ask("Q:SELECT f Q:SELECT 2");
    talk.servers.get(TestDesk.REPLICA).close();
    talk.client.runPendingTasks();
    assertThat(names(talk.heard(TestDesk.NODE))).isEqualTo("QQ");
  }
}
