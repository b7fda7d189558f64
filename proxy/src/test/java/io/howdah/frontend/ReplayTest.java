package io.howdah.frontend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ServerConnection;
import io.howdah.config.AuthType;
import io.howdah.config.CausalReads;
import io.howdah.config.PoolMode;
import io.howdah.config.RoutingConfig;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which requests run a second time, and what clients and servers see of it. Messages are written as
 * words: a client's {@code Q:text}, {@code P:name:text}, {@code B:name}, {@code B2:name} (portal
 * p), {@code D:S:name}, {@code D:P}, {@code E}, {@code C:name}, {@code H}, {@code S}; a server's by
 * its type byte, errors as {@code E:code}, {@code F:code} where they are fatal, ReadyForQuery as
 * {@code ZI}, {@code ZT}, {@code ZE}.
 */
class ReplayTest {
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

  private TestDesk desk;
  private EmbeddedChannel client;
  private SessionState state;
  private final Map<NodeId, EmbeddedChannel> servers = new HashMap<>();
  private final Map<NodeId, ServerConnection> connections = new HashMap<>();

  private void start(NodeId... replicas) {
    start(RoutingConfig.DEFAULT, replicas);
  }

  private void start(RoutingConfig routing, NodeId... replicas) {
    stop();
    desk = new TestDesk(AuthType.TRUST, routing, replicas);
    client = desk.connect();
    state = desk.idle(client, PoolMode.TRANSACTION);
    open(TestDesk.NODE);
    for (NodeId each : replicas) {
      open(each);
    }
  }

  private ClientSession session() {
    return client.pipeline().get(ClientSession.class);
  }

  private void open(NodeId node) {
    EmbeddedChannel server = new EmbeddedChannel();
    servers.put(node, server);
    connections.put(node, desk.idleConnection(server, node));
  }

  @AfterEach
  void stop() {
    if (desk != null) {
      assertThat(desk.faults).isEmpty();
      client.finishAndReleaseAll();
      servers.values().forEach(EmbeddedChannel::finishAndReleaseAll);
      servers.clear();
      desk = null;
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
      client.writeInbound(Unpooled.wrappedBuffer(sent));
      assertThat(heard(TestDesk.REPLICA)).isNotEmpty();
      sayInTwo(TestDesk.REPLICA, bytes, cut);
      if (said.contains("end")) {
        servers.get(TestDesk.REPLICA).close();
        client.runPendingTasks();
      }
      assertThat(told()).as("cut at %s", cut).isEmpty();
      assertThat(names(heard(TestDesk.NODE))).isEqualTo(names(sent));
      say(TestDesk.NODE, answer);
      assertThat(told()).isEqualTo(serverBytes(answer));
      assertThat(desk.replays).containsExactly(cure);
      assertThat(session().phase()).isSameAs(session().turns().idle());
      assertThat(count(Figure.QUERY_COUNT)).isEqualTo(1);
      assertThat(count(Figure.REPLAY_COUNT)).isEqualTo(1);
      assertThat(count(Figure.BIND_COUNT)).isEqualTo(request.contains("B:") ? 1 : 0);
      assertThat(connections.get(TestDesk.NODE).slot().idle()).isTrue();
      assertThat(connections.get(TestDesk.REPLICA).slot().idle()).isEqualTo(!said.contains("end"));
    }
  }

  /** A replica that is stopped says so behind an answer, to nobody who still needs it. */
  @Test
  void aGoodbyeBehindTheAnswerIsNotForTheClient() {
    start(ONE);
    ask("Q:SELECT f");
    say(TestDesk.REPLICA, "T D C ZI F:57P01");
    assertThat(told()).isEqualTo(serverBytes("T D C ZI"));
    assertThat(session().phase()).isSameAs(session().turns().idle());
    assertThat(servers.get(TestDesk.REPLICA).isOpen()).isFalse();
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
          another request is behind    | Q:SELECT f Q:SELECT 2              | E:25006 ZI
          another request is behind    | P::SELECT f B: E S P::SELECT 2 B: E S | 1 2 E:25006 ZI
          a transaction                | Q:BEGIN\\tREAD\\tONLY              | E:25006 ZI
          another error                | Q:SELECT f                         | T E:22012 ZI
          a transaction goes on        | Q:SELECT f                         | E:25006 ZE
          a copy                       | Q:SELECT f                         | H E:40001 ZI
          """)
  void itIsTold(String why, String request, String said) {
    byte[] bytes = serverBytes(said);
    for (int cut = 0; cut <= bytes.length; cut++) {
      start(ONE);
      client.writeInbound(Unpooled.wrappedBuffer(clientBytes(request.replace("\\t", " "))));
      sayInTwo(TestDesk.REPLICA, bytes, cut);
      assertThat(told()).as("%s, cut at %s", why, cut).isEqualTo(bytes);
      assertThat(desk.replays).isEmpty();
      assertThat(heard(TestDesk.NODE)).isEmpty();
    }
  }

  @Test
  void aTransactionIsNeverRunAgain() {
    start(ONE);
    ask("Q:BEGIN READ ONLY");
    say(TestDesk.REPLICA, "C ZT");
    told();
    ask("Q:SELECT f");
    say(TestDesk.REPLICA, "E:40001 ZE");
    assertThat(told()).isEqualTo(serverBytes("E:40001 ZE"));
    servers.get(TestDesk.REPLICA).close();
    assertThat(client.isActive()).isFalse();
    assertThat(desk.replays).isEmpty();
  }

  @Test
  void aRowThatWasToldIsTheLastWordOfALostReplica() {
    start(ONE);
    ask("Q:SELECT f");
    say(TestDesk.REPLICA, "T D");
    servers.get(TestDesk.REPLICA).close();
    assertThat(new String(told(), UTF_8)).contains("closed the connection unexpectedly");
    assertThat(client.isActive()).isFalse();
  }

  /** A function that nobody knows may have done something outside the database. */
  @Test
  void onlyCertainReadsSurviveTheirReplica() {
    start(UNCAUSAL, ONE);
    ask("Q:SELECT f");
    say(TestDesk.REPLICA, "E:25006 ZI");
    say(TestDesk.NODE, "T D C ZI");
    told();
    byte[] hinted = message('Q', "/* howdah: replica */ SELECT unknown_function()\0");
    client.writeInbound(Unpooled.wrappedBuffer(hinted));
    servers.get(TestDesk.REPLICA).close();
    assertThat(new String(told(), UTF_8)).contains("closed the connection unexpectedly");
    assertThat(desk.replays).hasSize(1);
  }

  /** But a replica that refuses it as a write has rolled back what it did in the database. */
  @Test
  void aHintThatIsWrongIsHealed() {
    start(ONE);
    byte[] hinted = message('Q', "/* howdah: replica */ SELECT unknown_function()\0");
    client.writeInbound(Unpooled.wrappedBuffer(hinted));
    say(TestDesk.REPLICA, "T E:25006 ZI");
    assertThat(heard(TestDesk.NODE)).isEqualTo(hinted);
  }

  @Test
  void aCancelledRequestIsNotRunAgain() {
    start(ONE);
    ask("Q:SELECT f");
    say(TestDesk.REPLICA, "T");
    assertThat(told()).isEmpty();
    session().turns().attached().replay().giveUp();
    say(TestDesk.REPLICA, "E:40001 ZI");
    assertThat(told()).isEqualTo(serverBytes("T E:40001 ZI"));
  }

  @Test
  void aSwitchTurnsItOff() {
    start(UNCAUSAL.with(r -> r.maxReplayedBytes = 0), ONE);
    ask("Q:SELECT f");
    say(TestDesk.REPLICA, "E:25006 ZI");
    assertThat(told()).isEqualTo(serverBytes("E:25006 ZI"));
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
    ask(first);
    say(TestDesk.REPLICA, refusal);
    say(TestDesk.NODE, answer);
    heard(TestDesk.NODE);
    heard(TestDesk.REPLICA);
    told();
    ask(next);
    assertThat(heard(TestDesk.REPLICA)).isEmpty();
    assertThat(names(heard(TestDesk.NODE))).isEqualTo(names(clientBytes(next)));
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
    ask(requests);
    say(TestDesk.REPLICA, said);
    heard(TestDesk.REPLICA);
    ask(requests.startsWith("Q") ? "Q:SELECT f" : "P::SELECT f B: E S");
    assertThat(heard(TestDesk.REPLICA)).isEmpty();
    assertThat(heard(TestDesk.NODE)).isNotEmpty();
  }

  @Test
  void attemptsAreBounded() {
    start(TestDesk.REPLICA, TestDesk.OTHER_REPLICA);
    ask("Q:SELECT f");
    NodeId first = heard(TestDesk.REPLICA).length > 0 ? TestDesk.REPLICA : TestDesk.OTHER_REPLICA;
    NodeId second = first == TestDesk.REPLICA ? TestDesk.OTHER_REPLICA : TestDesk.REPLICA;
    heard(second);
    say(first, "E:40001 ZI");
    assertThat(heard(second)).isNotEmpty();
    say(second, "T E:40001 ZI");
    assertThat(heard(TestDesk.NODE)).isNotEmpty();
    say(TestDesk.NODE, "E:40001 ZI");
    assertThat(told()).isEqualTo(serverBytes("E:40001 ZI"));
    assertThat(desk.replays).hasSize(2);
    ask("Q:SELECT 1");
    NodeId next = heard(TestDesk.REPLICA).length > 0 ? TestDesk.REPLICA : TestDesk.OTHER_REPLICA;
    say(next, "E:40001 ZI");
    assertThat(desk.replays).as("counted anew for each request").hasSize(3);
  }

  /** What a client does to its names in a request that runs twice, it does once. */
  @Test
  void namesAreAsIfItRanOnce() {
    start(ONE);
    ask("P:p:SELECT f D:S:p S");
    say(TestDesk.REPLICA, "1 t T ZI");
    ask("C:p P:p:SELECT g B:p E S");
    say(TestDesk.REPLICA, "1 2 E:25006 ZI");
    heard(TestDesk.NODE);
    say(TestDesk.NODE, "1 2 C ZI");
    assertThat(told()).isEqualTo(serverBytes("1 t T ZI 3 1 2 C ZI"));
    assertThat(state.names.size()).isEqualTo(1);
  }

  private static final String STALE = "E:0A000:RevalidateCachedQuery ZI";

  /**
   * Without any replica. The client prepares {@code p}, and asks for more or less of it; then its
   * plan is out of date.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          P:p:SELECT f S       | 1 ZI     | B:p E S                 | true
          P:p:SELECT f S       | 1 ZI     | B:p D:P E S             | true
          P:p:SELECT f D:S:p S | 1 t T ZI | B:p D:P E S             | true
          P:p:SELECT f D:S:p S | 1 t T ZI | D:S:p S                 | true
          P:p:SELECT f D:S:p S | 1 t T ZI | P:q:SELECT f B:q E S    | true
          P:p:SELECT f D:S:p S | 1 t T ZI | C:p P:p:SELECT f B:p E S | true
          P:p:SELECT f D:S:p S | 1 t T ZI | B:p E S                 | false
          P:p:SELECT f S       | 1 ZI     | B:p E S B:p E S         | false
          P:p:SELECT f S       | 1 ZI     | B:p E H S               | false
          """)
  void anOutdatedPlan(String before, String answer, String request, boolean healed) {
    start();
    ask(before);
    say(TestDesk.NODE, answer);
    told();
    heard(TestDesk.NODE);
    ask(request);
    heard(TestDesk.NODE);
    byte[] error = serverBytes(STALE);
    say(TestDesk.NODE, STALE);
    byte[] told = told();
    assertThat(desk.replays.size()).isEqualTo(healed ? 1 : 0);
    if (healed) {
      // A Parse is answered by Howdah only where the server has the plan already.
      assertThat(told).isEmpty();
      String again = names(heard(TestDesk.NODE));
      assertThat(again).contains("P");
      assertThat(state.names.size()).isGreaterThan(0);
    } else {
      assertThat(new String(told, UTF_8)).endsWith(new String(error, UTF_8));
    }
  }

  /** What the server says when the plan is made anew on the same connection. */
  @Test
  void anOutdatedPlanIsClosedAndMadeAnew() {
    start();
    ask("P:p:SELECT f S");
    say(TestDesk.NODE, "1 ZI");
    told();
    heard(TestDesk.NODE);
    ask("B:p D:P E S");
    heard(TestDesk.NODE);
    say(TestDesk.NODE, STALE);
    assertThat(names(heard(TestDesk.NODE))).isEqualTo("CPBDES");
    say(TestDesk.NODE, "3 1 2 T D C ZI");
    assertThat(told()).isEqualTo(serverBytes("2 T D C ZI"));
    assertThat(count(Figure.QUERY_COUNT)).isEqualTo(2);
  }

  /** A client that goes on with the type it was told before is told every time. */
  @Test
  void anOutdatedTypeIsRefusedUntilItIsAskedForAgain() {
    start();
    ask("P:p:SELECT f D:S:p S");
    say(TestDesk.NODE, "1 t T ZI");
    ask("B:p E S");
    say(TestDesk.NODE, STALE);
    told();
    heard(TestDesk.NODE);
    ask("B:p E S");
    say(TestDesk.NODE, "E:26000 ZI");
    assertThat(new String(told(), UTF_8)).contains("0A000", "RRevalidateCachedQuery");
    heard(TestDesk.NODE);
    ask("B:p D:P E S");
    assertThat(names(heard(TestDesk.NODE))).isEqualTo("CPBDES");
    say(TestDesk.NODE, "3 1 2 T D C ZI");
    assertThat(told()).isEqualTo(serverBytes("2 T D C ZI"));
    ask("C:p P:p:SELECT f B:p E S");
    assertThat(names(heard(TestDesk.NODE))).isEqualTo("PBES");
  }

  /** Who prepares the text from now on gets a plan that nobody has yet. */
  @Test
  void anOutdatedPlanIsSharedNoMore() {
    start();
    ask("P:p:SELECT f D:S:p S");
    say(TestDesk.NODE, "1 t T ZI");
    ask("B:p E S");
    say(TestDesk.NODE, STALE);
    heard(TestDesk.NODE);
    ask("P:q:SELECT f D:S:q S");
    assertThat(names(heard(TestDesk.NODE))).isEqualTo("PDS");
  }

  private void ask(String messages) {
    client.writeInbound(Unpooled.wrappedBuffer(clientBytes(messages)));
  }

  private void say(NodeId node, String messages) {
    servers.get(node).writeInbound(Unpooled.wrappedBuffer(serverBytes(messages)));
    client.runPendingTasks();
  }

  private void sayInTwo(NodeId node, byte[] bytes, int cut) {
    servers.get(node).writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
    servers.get(node).writeInbound(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut));
    client.runPendingTasks();
  }

  private byte[] told() {
    return drain(client);
  }

  private byte[] heard(NodeId node) {
    return drain(servers.get(node));
  }

  private static byte[] drain(EmbeddedChannel channel) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
      byte[] bytes = new byte[each.readableBytes()];
      each.readBytes(bytes);
      all.writeBytes(bytes);
      each.release();
    }
    return all.toByteArray();
  }

  private long count(Figure figure) {
    return desk.pools().pools().stream().mapToLong(pool -> pool.counters().get(figure)).sum();
  }

  /** The type bytes of messages. */
  private static String names(byte[] messages) {
    StringBuilder types = new StringBuilder();
    ByteBuf in = Unpooled.wrappedBuffer(messages);
    while (in.isReadable()) {
      types.append((char) in.readByte());
      in.skipBytes(in.readInt() - 4);
    }
    return types.toString();
  }

  private static byte[] clientBytes(String words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String word : words.split(" (?=(Q|P|B2?|D|E|C|H|S)(:| |$))")) {
      String[] parts = word.trim().split(":", -1);
      out.writeBytes(
          switch (parts[0]) {
            case "Q" -> message('Q', parts[1] + "\0");
            case "P" -> message('P', parts[1] + "\0" + parts[2] + "\0\0\0");
            case "B" -> message('B', "\0" + parts[1] + "\0\0\0\0\0\0\0");
            case "D" -> message('D', parts[1] + (parts.length > 2 ? parts[2] : "") + "\0");
            case "E" -> message('E', "\0\0\0\0\0");
            case "C" -> message('C', "S" + parts[1] + "\0");
            default -> message(parts[0].charAt(0), "");
          });
    }
    return out.toByteArray();
  }

  private static byte[] serverBytes(String words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String word : words.trim().split(" ")) {
      String[] parts = word.split(":");
      out.writeBytes(
          switch (parts[0]) {
            case "" -> new byte[0];
            case "E", "F" -> {
              String severity = parts[0].equals("F") ? "FATAL" : "ERROR";
              String routine = parts.length > 2 ? "R" + parts[2] + "\0" : "";
              yield message(
                  'E', "S%s\0V%s\0C%s\0Mno\0%s\0".formatted(severity, severity, parts[1], routine));
            }
            case "ZI", "ZT", "ZE" -> message('Z', parts[0].substring(1));
            case "C" -> message('C', "SELECT 1\0");
            case "N" -> message('N', "SNOTICE\0VNOTICE\0C00000\0Mwell\0\0");
            case "T", "D", "t" -> message(parts[0].charAt(0), "\0\0");
            case "H" -> message('H', "\0\0\0");
            default -> message(parts[0].charAt(0), "");
          });
    }
    return out.toByteArray();
  }

  private static byte[] message(char type, String body) {
    byte[] bytes = body.getBytes(UTF_8);
    ByteBuf out = Unpooled.buffer().writeByte(type).writeInt(4 + bytes.length).writeBytes(bytes);
    byte[] all = new byte[out.readableBytes()];
    out.readBytes(all);
    return all;
  }
}
