package io.howdah.frontend.retry;

import static io.howdah.frontend.retry.MessageWords.clientBytes;
import static io.howdah.frontend.retry.MessageWords.message;
import static io.howdah.frontend.retry.MessageWords.names;
import static io.howdah.frontend.retry.MessageWords.serverBytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.CausalReads;
import io.howdah.config.RoutingConfig;
import io.howdah.frontend.TestDesk;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.NodeId;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which requests run a second time, and what clients and servers see of it. Messages are {@link
 * MessageWords}.
 */
class RetryTest {
  /** Reads go to the replica behind a write too, and nobody asks it first how far it is. */
  private static final RoutingConfig UNCAUSAL =
      RoutingConfig.DEFAULT.with(
          r -> {
            r.maxLagBytes = 0;
            r.maxLag = Duration.ZERO;
            r.catalogRefresh = Duration.ZERO;
            r.causalReads = CausalReads.OFF;
          });

  private static final NodeId[] ONE = {TestDesk.REPLICA};

  private Dialogue talk;

  private void start(NodeId... replicas) {
    start(RoutingConfig.DEFAULT, replicas);
  }

  private void start(RoutingConfig routing, NodeId... replicas) {
    stop();
    talk = new Dialogue(routing, replicas);
  }

  @AfterEach
  void stop() {
    if (talk != null) {
      talk.close();
      talk = null;
    }
  }

  /**
   * What a replica says to a request before it is given up, and how the log calls the cure. The
   * answer arrives in two parts, cut at every place.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Q:SELECT f                  | E:25006 ZI           | a replica refused it 25006
          Q:SELECT f                  | T E:25006 ZI         | a replica refused it 25006
          Q:SELECT f                  | N T N E:25006 ZI     | a replica refused it 25006
          P::SELECT f B: E S          | 1 2 E:25006 ZI       | a replica refused it 25006
          P::SELECT f B: D:P E S      | 1 2 T E:25006 ZI     | a replica refused it 25006
          P:p:SELECT f B:p D:P E S    | 1 2 T E:25006 ZI     | a replica refused it 25006
          P:p:SELECT f D:S:p S        | 1 t E:25006 ZI       | a replica refused it 25006
          Q:SELECT f                  | T E:40001 ZI         | a replica could not finish it 40001
          Q:SELECT f                  | E:40P01 ZI           | a replica could not finish it 40P01
          P:p:SELECT f B:p D:P E S    | 1 2 T E:40001 ZI     | a replica could not finish it 40001
          Q:SELECT f                  | F:57P01 end          | a replica could not finish it 57P01
          Q:SELECT f                  | T N F:57P01 end      | a replica could not finish it 57P01
          Q:SELECT f                  | F:40001 end          | a replica could not finish it 40001
          Q:SELECT f                  | end                  | a replica could not finish it null
          P::SELECT f B: D:P E S      | 1 2 T N end          | a replica could not finish it null
          P:p:SELECT f B:p D:P E S    | 1 2 T end            | a replica could not finish it null
          Q:SELECT f                  | E:0A000:get_relation_info ZI | a replica refused it 0A000
          """)
  void theClientNoticesNothing(String request, String said, String cure) {
    String answer = request.startsWith("Q") ? "T D C ZI" : "1 t T ZI";
    if (request.contains(" E ")) {
      answer = request.contains("D:P") ? "1 2 T D C ZI" : "1 2 D C ZI";
    }
    byte[] bytes = serverBytes(said.replace("end", ""));
    for (int cut = 0; cut <= bytes.length; cut++) {
      start(ONE);
      byte[] sent = clientBytes(request);
      talk.client.writeInbound(Unpooled.wrappedBuffer(sent));
      assertThat(talk.heard(TestDesk.REPLICA)).isNotEmpty();
      talk.sayInTwo(TestDesk.REPLICA, bytes, cut);
      if (said.contains("end")) {
        talk.servers.get(TestDesk.REPLICA).close();
        talk.client.runPendingTasks();
      }
      assertThat(talk.told()).as("cut at %s", cut).isEmpty();
      assertThat(names(talk.heard(TestDesk.NODE))).isEqualTo(names(sent));
      talk.say(TestDesk.NODE, answer);
      assertThat(talk.told()).isEqualTo(serverBytes(answer));
      assertThat(talk.desk.replays).containsExactly(cure);
      assertThat(talk.session().phase()).isSameAs(talk.session().turns().idle());
      assertThat(talk.count(Figure.QUERY_COUNT)).isEqualTo(1);
      assertThat(talk.count(Figure.REPLAY_COUNT)).isEqualTo(1);
      assertThat(talk.count(Figure.BIND_COUNT)).isEqualTo(request.contains("B:") ? 1 : 0);
      assertThat(talk.connections.get(TestDesk.NODE).slot().idle()).isTrue();
      assertThat(talk.connections.get(TestDesk.REPLICA).slot().idle())
          .isEqualTo(!said.contains("end"));
    }
  }

  /** A replica that is stopped says so behind an answer, to nobody who still needs it. */
  @Test
  void aGoodbyeBehindTheAnswerIsNotForTheClient() {
    start(ONE);
    talk.ask("Q:SELECT f");
    talk.say(TestDesk.REPLICA, "T D C ZI F:57P01");
    assertThat(talk.told()).isEqualTo(serverBytes("T D C ZI"));
    assertThat(talk.session().phase()).isSameAs(talk.session().turns().idle());
    assertThat(talk.servers.get(TestDesk.REPLICA).isOpen()).isFalse();
  }

  /** What must be told as it is, whatever could have been done about it otherwise. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a row was told               | Q:SELECT f                         | T D E:40001 ZI
          an earlier statement ended   | Q:SELECT 1; SELECT f               | T D C E:25006 ZI
          an earlier statement ended   | P::SELECT 1 B: E P::SELECT f B: E S | 1 2 C 1 2 E:25006 ZI
          a transaction is behind      | Q:SELECT f Q:BEGIN\tREAD\tONLY   | E:25006 ZI
          a setting is behind          | Q:SELECT f Q:SET\twork_mem\t=\t1 | E:25006 ZI
          a transaction                | Q:BEGIN\\tREAD\\tONLY              | E:25006 ZI
          another error                | Q:SELECT f                         | T E:22012 ZI
          a transaction goes on        | Q:SELECT f                         | E:25006 ZE
          a copy                       | Q:SELECT f                         | H E:40001 ZI
          """)
  void itIsTold(String why, String request, String said) {
    byte[] bytes = serverBytes(said);
    for (int cut = 0; cut <= bytes.length; cut++) {
      start(ONE);
      talk.client.writeInbound(Unpooled.wrappedBuffer(clientBytes(request.replace("\\t", " "))));
      talk.sayInTwo(TestDesk.REPLICA, bytes, cut);
      assertThat(talk.told()).as("%s, cut at %s", why, cut).isEqualTo(bytes);
      assertThat(talk.desk.replays).isEmpty();
      assertThat(talk.heard(TestDesk.NODE)).isEmpty();
    }
  }

  @Test
  void aTransactionIsNeverRunAgain() {
    start(ONE);
    talk.ask("Q:BEGIN READ ONLY");
    talk.say(TestDesk.REPLICA, "C ZT");
    talk.told();
    talk.ask("Q:SELECT f");
    talk.say(TestDesk.REPLICA, "E:40001 ZE");
    assertThat(talk.told()).isEqualTo(serverBytes("E:40001 ZE"));
    talk.servers.get(TestDesk.REPLICA).close();
    assertThat(talk.client.isActive()).isFalse();
    assertThat(talk.desk.replays).isEmpty();
  }

  @Test
  void aRowThatWasToldIsTheLastWordOfALostReplica() {
    start(ONE);
    talk.ask("Q:SELECT f");
    talk.say(TestDesk.REPLICA, "T D");
    talk.servers.get(TestDesk.REPLICA).close();
    assertThat(new String(talk.told(), UTF_8)).contains("closed the connection unexpectedly");
    assertThat(talk.client.isActive()).isFalse();
  }

  /** A function that nobody knows may have done something outside the database. */
  @Test
  void onlyCertainReadsSurviveTheirReplica() {
    start(UNCAUSAL, ONE);
    talk.ask("Q:SELECT f");
    talk.say(TestDesk.REPLICA, "E:25006 ZI");
    talk.say(TestDesk.NODE, "T D C ZI");
    talk.told();
    byte[] hinted = message('Q', "/* howdah: replica */ SELECT unknown_function()\0");
    talk.client.writeInbound(Unpooled.wrappedBuffer(hinted));
    talk.servers.get(TestDesk.REPLICA).close();
    assertThat(new String(talk.told(), UTF_8)).contains("closed the connection unexpectedly");
    assertThat(talk.desk.replays).hasSize(1);
  }

  /** But a replica that refuses it as a write has rolled back what it did in the database. */
  @Test
  void aHintThatIsWrongIsHealed() {
    start(ONE);
    byte[] hinted = message('Q', "/* howdah: replica */ SELECT unknown_function()\0");
    talk.client.writeInbound(Unpooled.wrappedBuffer(hinted));
    talk.say(TestDesk.REPLICA, "T E:25006 ZI");
    assertThat(talk.heard(TestDesk.NODE)).isEqualTo(hinted);
  }

  @Test
  void aCancelledRequestIsNotRunAgain() {
    start(ONE);
    talk.ask("Q:SELECT f");
    talk.say(TestDesk.REPLICA, "T");
    assertThat(talk.told()).isEmpty();
    talk.session().turns().attached().retry().giveUp();
    talk.say(TestDesk.REPLICA, "E:40001 ZI");
    assertThat(talk.told()).isEqualTo(serverBytes("T E:40001 ZI"));
  }

  @Test
  void aSwitchTurnsItOff() {
    start(UNCAUSAL.with(r -> r.maxReplayedBytes = 0), ONE);
    talk.ask("Q:SELECT f");
    talk.say(TestDesk.REPLICA, "E:25006 ZI");
    assertThat(talk.told()).isEqualTo(serverBytes("E:25006 ZI"));
  }

  /** A text that a replica refused goes to the primary from then on, in either protocol. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Q:SELECT f               | E:25006 ZI     | T D C ZI   | Q:SELECT f
          P:p:SELECT f B:p E S     | 1 2 E:25006 ZI | 1 2 D C ZI | B:p E S
          P::SELECT f B: E S       | 1 2 E:25006 ZI | 1 2 D C ZI | P::SELECT f B: E S
          """)
  void itIsRemembered(String first, String refusal, String answer, String next) {
    start(ONE);
    talk.ask(first);
    talk.say(TestDesk.REPLICA, refusal);
    talk.say(TestDesk.NODE, answer);
    talk.heard(TestDesk.NODE);
    talk.heard(TestDesk.REPLICA);
    talk.told();
    talk.ask(next);
    assertThat(talk.heard(TestDesk.REPLICA)).isEmpty();
    assertThat(names(talk.heard(TestDesk.NODE))).isEqualTo(names(clientBytes(next)));
  }

  /** Though it could not be healed, as something was sent behind it or told before it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Q:SELECT f Q:SELECT 2                             | E:25006 ZI T D C ZI
          Q:SELECT f                                        | T D D E:25006 ZI
          P::SELECT f B: E S P::SELECT 2 B: E S             | 1 2 E:25006 ZI 1 2 C ZI
          P::SELECT 2 B: E S P::SELECT f B: E S             | 1 2 C ZI 1 2 E:25006 ZI
          P::SELECT 2 B: E P::SELECT f B: E S               | 1 2 C 1 2 E:25006 ZI
          """)
  void itIsRememberedThoughItWasTold(String requests, String said) {
    start(ONE);
    talk.ask(requests);
    talk.say(TestDesk.REPLICA, said);
    talk.heard(TestDesk.REPLICA);
    talk.ask(requests.startsWith("Q") ? "Q:SELECT f" : "P::SELECT f B: E S");
    assertThat(talk.heard(TestDesk.REPLICA)).isEmpty();
    assertThat(talk.heard(TestDesk.NODE)).isNotEmpty();
  }

  @Test
  void attemptsAreBounded() {
    // The last attempt is on the primary: no replica would do for what follows it.
    start(UNCAUSAL, TestDesk.REPLICA, TestDesk.OTHER_REPLICA);
    talk.ask("Q:SELECT f");
    NodeId first =
        talk.heard(TestDesk.REPLICA).length > 0 ? TestDesk.REPLICA : TestDesk.OTHER_REPLICA;
    NodeId second = first == TestDesk.REPLICA ? TestDesk.OTHER_REPLICA : TestDesk.REPLICA;
    talk.heard(second);
    talk.say(first, "E:40001 ZI");
    assertThat(talk.heard(second)).isNotEmpty();
    talk.say(second, "T E:40001 ZI");
    assertThat(talk.heard(TestDesk.NODE)).isNotEmpty();
    talk.say(TestDesk.NODE, "E:40001 ZI");
    assertThat(talk.told()).isEqualTo(serverBytes("E:40001 ZI"));
    assertThat(talk.desk.replays).hasSize(2);
    talk.ask("Q:SELECT 1");
    NodeId next =
        talk.heard(TestDesk.REPLICA).length > 0 ? TestDesk.REPLICA : TestDesk.OTHER_REPLICA;
    talk.say(next, "E:40001 ZI");
    assertThat(talk.desk.replays).as("counted anew for each request").hasSize(3);
  }

  /** What a client does to its names in a request that runs twice, it does once. */
  @Test
  void namesAreAsIfItRanOnce() {
    start(ONE);
    talk.ask("P:p:SELECT f D:S:p S");
    talk.say(TestDesk.REPLICA, "1 t T ZI");
    talk.ask("C:p P:p:SELECT g B:p E S");
    talk.say(TestDesk.REPLICA, "1 2 E:25006 ZI");
    talk.heard(TestDesk.NODE);
    talk.say(TestDesk.NODE, "1 2 C ZI");
    assertThat(talk.told()).isEqualTo(serverBytes("1 t T ZI 3 1 2 C ZI"));
    assertThat(talk.state.names.size()).isEqualTo(1);
  }
}
