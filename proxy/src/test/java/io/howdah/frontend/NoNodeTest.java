package io.howdah.frontend;

import static io.howdah.frontend.EveryRequest.READ;
import static io.howdah.frontend.EveryRequest.WRITE;
import static io.howdah.frontend.EveryRequest.describe;
import static io.howdah.frontend.EveryRequest.flush;
import static io.howdah.frontend.EveryRequest.message;
import static io.howdah.frontend.EveryRequest.parse;
import static io.howdah.frontend.EveryRequest.query;
import static io.howdah.frontend.EveryRequest.requests;
import static io.howdah.frontend.EveryRequest.sync;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.config.CausalReads;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.PoolMode;
import io.howdah.config.RoutingConfig;
import io.howdah.frontend.parameter.HowdahSettings;
import io.howdah.frontend.session.SessionState;
import io.howdah.topology.NodeId;
import io.howdah.topology.Role;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.Protocol;
import io.howdah.wire.StartupMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nodes that are gone for longer than every timeout: whatever a client asks for, and however it is
 * led, it hears an answer, or the right error once {@code timeouts.query-wait} is over.
 */
class NoNodeTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final int STEPS = 10;
  private static final Map<NodeId, Role> ALL =
      Map.of(TestDesk.NODE, Role.PRIMARY, TestDesk.REPLICA, Role.REPLICA);

  /** Who is left. No server of theirs ever answers. */
  private enum Left {
    NO_PRIMARY(Map.of(TestDesk.REPLICA, Role.REPLICA)),
    NO_REPLICA(Map.of(TestDesk.NODE, Role.PRIMARY)),
    NOBODY(Map.of());

    private final Map<NodeId, Role> nodes;

    Left(Map<NodeId, Role> nodes) {
      this.nodes = nodes;
    }
  }

  /** How a client is led. */
  private record Way(PoolMode mode, boolean lazyBegin, Purpose port, String route, Past past) {}

  /** What a client did before. */
  private enum Past {
    NOTHING,
    PREPARED,
    WROTE,
    /** Others' writes have to be seen as well. */
    WROTE_GLOBALLY
  }

  /** What happens to the nodes until the time is over. */
  private enum Course {
    GONE {
      @Override
      void before(NoNodeTest test, Left left) {
        test.desk.topology(left.nodes);
      }
    },
    GO_MEANWHILE {
      @Override
      void meanwhile(NoNodeTest test, Left left, int step) {
        if (step == STEPS / 3) {
          test.desk.topology(left.nodes);
        }
      }
    },
    COME_AND_GO {
      @Override
      void meanwhile(NoNodeTest test, Left left, int step) {
        test.desk.topology(step % 2 == 0 ? left.nodes : ALL);
      }
    },
    COME_BACK_UNNOTICED {
      @Override
      void before(NoNodeTest test, Left left) {
        test.desk.topology(left.nodes);
      }

      @Override
      void meanwhile(NoNodeTest test, Left left, int step) {
        if (step == STEPS / 3) {
          test.desk.topology(ALL, false);
        }
      }
    };

    /** Before the client asks. */
    void before(NoNodeTest test, Left left) {}

    /** So many steps after it has asked. */
    void meanwhile(NoNodeTest test, Left left, int step) {}
  }

  private TestDesk desk;
  private EmbeddedChannel client;
  private final List<EmbeddedChannel> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(EmbeddedChannel::finishAndReleaseAll);
    open.clear();
    assertThat(desk.faults).isEmpty();
  }

  private static List<Way> ways() {
    List<Way> all = new ArrayList<>();
    for (boolean lazy : new boolean[] {false, true}) {
      for (String route : List.of("", "replica", "primary")) {
        for (Past past : Past.values()) {
          all.add(new Way(PoolMode.TRANSACTION, lazy, Purpose.ANY, route, past));
        }
        all.add(new Way(PoolMode.SESSION, lazy, Purpose.ANY, route, Past.NOTHING));
      }
      all.add(new Way(PoolMode.TRANSACTION, lazy, Purpose.READ_ONLY, "", Past.NOTHING));
      all.add(new Way(PoolMode.SESSION, lazy, Purpose.READ_ONLY, "", Past.NOTHING));
    }
    return all;
  }

  private void openDesk(Way way) {
    desk =
        new TestDesk(
            AuthType.TRUST,
            RoutingConfig.DEFAULT.with(
                r -> {
                  r.maxLagBytes = 0;
                  r.maxLag = Duration.ZERO;
                  r.catalogRefresh = Duration.ZERO;
                  r.lazyBegin = way.lazyBegin();
                  r.causalReads =
                      way.past() == Past.WROTE_GLOBALLY ? CausalReads.GLOBAL : CausalReads.SESSION;
                }),
            TestDesk.REPLICA);
  }

  private EmbeddedChannel channel() {
    EmbeddedChannel channel = new EmbeddedChannel();
    open.add(channel);
    return channel;
  }

  /** A client that is in and idle, as far as it has come. */
  private void enter(Way way) {
    openDesk(way);
    client = channel();
    desk.worker.accept(client, way.port());
    SessionState state = desk.idle(client, way.mode());
    session().waitsBeside(null);
    if (way.past() != Past.NOTHING) {
      EmbeddedChannel server = channel();
      desk.idleConnection(server, TestDesk.NODE);
      prepare("SELECT", READ, server);
      prepare("INSERT", WRITE, server);
      if (way.past() != Past.PREPARED) {
        send(query(WRITE));
        server.writeInbound(message('C', "INSERT 0 1\0"), message('Z', "I"));
      }
      heard();
      assertThat(session().phase()).isInstanceOf(IdleTurn.class);
      server.close();
    }
    if (!way.route().isEmpty()) {
      assertThat(new HowdahSettings(state).begin(Map.of("howdah.route", way.route()))).isNull();
    }
  }

  private void prepare(String name, String sql, EmbeddedChannel server) {
    send(parse(name, "/* howdah: primary */ " + sql), sync());
    // Howdah asks what it is that the client was given.
    server.writeInbound(
        message('1', ""), message('t', "\0\0"), message('n', ""), message('Z', "I"));
    client.runPendingTasks();
  }

  private ClientSession session() {
    return client.pipeline().get(ClientSession.class);
  }

  private void send(ByteBuf... messages) {
    client.writeInbound((Object[]) new ByteBuf[] {Unpooled.wrappedBuffer(messages)});
    client.runPendingTasks();
  }

  private void pass(Duration time) {
    desk.clock.pass(time);
    desk.worker.tick(desk.clock.nanoTime());
    client.runPendingTasks();
  }

  /** The types of what the client was told since the last call, errors by their SQLSTATE. */
  private String heard() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf each = client.readOutbound(); each != null; each = client.readOutbound()) {
      while (each.readableBytes() >= 5) {
        byte type = each.readByte();
        ByteBuf body = each.readSlice(each.readInt() - 4);
        all.append(type == 'E' ? "(" + ErrorFields.read(body).code() + ")" : "" + (char) type);
      }
      each.release();
    }
    return all.toString();
  }

  /** What the client hears at once, before the bound, and when it is over. */
  private record Heard(String atOnce, String early, String late) {
    boolean isAnswer() {
      return atOnce.endsWith("Z") && early.isEmpty() && late.isEmpty();
    }

    boolean isError(String before, String behind) {
      return atOnce.equals(before)
          && early.isEmpty()
          && late.matches("\\((57P03|08001)\\)" + behind);
    }
  }

  /** What comes of it when the client sends this. */
  private Heard ask(Course course, Left left, ByteBuf... messages) {
    course.before(this, left);
    send(messages);
    String atOnce = heard();
    for (int step = 1; step < STEPS; step++) {
      pass(BOUND.dividedBy(STEPS));
      course.meanwhile(this, left, step);
    }
    pass(BOUND.dividedBy(STEPS).minusNanos(1));
    String early = heard();
    pass(Duration.ofNanos(2));
    return new Heard(atOnce, early, heard());
  }

  /** Whether it ends with ReadyForQuery. */
  private static boolean endsReady(List<ByteBuf> request) {
    return "QSF".indexOf(request.getLast().getByte(0)) >= 0;
  }

  static Stream<Arguments> troubles() {
    return Arrays.stream(Course.values())
        .flatMap(course -> Arrays.stream(Left.values()).map(left -> Arguments.of(course, left)));
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void everyRequestIsAnswered(Course course, Left left) {
    List<String> wrong = new ArrayList<>();
    for (Way way : ways()) {
      for (String name : requests().keySet()) {
        List<ByteBuf> request = requests().get(name);
        enter(way);
        String behind = endsReady(request) ? "Z" : "";
        Heard heard = ask(course, left, request.toArray(ByteBuf[]::new));
        if (!heard.isAnswer() && !heard.isError("", behind)) {
          wrong.add(way + ", " + name + ": " + heard);
        }
        close();
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** The client was told that its transaction has begun: that can't be taken back. */
  @ParameterizedTest
  @MethodSource("troubles")
  void behindABeginThatNoServerKnowsTheSessionEnds(Course course, Left left) {
    for (String sql : List.of(READ, WRITE)) {
      enter(new Way(PoolMode.TRANSACTION, true, Purpose.ANY, "", Past.NOTHING));
      send(query("BEGIN"));
      assertThat(heard()).isEqualTo("CZ");
      Heard heard = ask(course, left, parse(sql), describe(), sync());
      assertThat(heard.isError("", "")).as(sql + ": " + heard).isTrue();
      assertThat(client.isOpen()).isFalse();
      close();
    }
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void everyRequestOfAPipelineHasABoundOfItsOwn(Course course, Left left) {
    enter(new Way(PoolMode.TRANSACTION, false, Purpose.ANY, "", Past.PREPARED));
    Heard first = ask(course, left, parse(WRITE), sync(), parse(WRITE), describe(), sync());
    assertThat(first.isError("", "Z")).as("" + first).isTrue();
    Heard second = ask(course, left, parse(WRITE), flush());
    assertThat(second.isError("", "Z")).as("" + second).isTrue();
    Heard third = ask(course, left);
    assertThat(third.isError("", "")).as("" + third).isTrue();
    send(sync());
    assertThat(heard()).isEqualTo("Z");
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void everyLoginIsAnswered(Course course, Left left) {
    for (Purpose port : List.of(Purpose.ANY, Purpose.READ_ONLY)) {
      openDesk(new Way(PoolMode.TRANSACTION, false, port, "", Past.NOTHING));
      client = channel();
      desk.worker.accept(client, port);
      ByteBuf startup = Unpooled.buffer();
      StartupMessages.startup(
          startup,
          Protocol.VERSION_3_0,
          Map.of("user", "app", "database", "demo", "options", "-c work_mem=5MB"));
      Heard heard = ask(course, left, startup);
      assertThat(heard.isError("R", "")).as(port + ": " + heard).isTrue();
      assertThat(client.isOpen()).isFalse();
      close();
    }
  }
}
