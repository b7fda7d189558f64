package io.howdah.frontend.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.howdah.admin.Access;
import io.howdah.backend.connection.Chore;
import io.howdah.backend.replication.ReplicationConnector;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.config.AuthType;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.PoolMode;
import io.howdah.config.RoutingConfig;
import io.howdah.error.PgError;
import io.howdah.frontend.AttachedWaits;
import io.howdah.frontend.AuthenticationPhase;
import io.howdah.frontend.ClientSession;
import io.howdah.frontend.ClosedPhase;
import io.howdah.frontend.ConsolePhase;
import io.howdah.frontend.ReplicationWelcomePhase;
import io.howdah.frontend.TestDesk;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.startup.ClientIdentity;
import io.howdah.frontend.startup.StartupOptions;
import io.howdah.topology.Lsn;
import io.howdah.topology.Role;
import io.howdah.topology.WalToken;
import io.howdah.wire.ErrorFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each kind of {@link Wait}, with nobody who ends it: the session says what it waits for, and its
 * client is told when that has taken too long.
 */
class WaitTest {
  private static final RoutingConfig ROUTING =
      RoutingConfig.DEFAULT.with(
          r -> {
            r.maxLagBytes = 0;
            r.maxLag = Duration.ZERO;
            r.catalogRefresh = Duration.ZERO;
            r.lazyBegin = true;
          });

  /** Before anything is waited for. */
  private final long startNanos = System.nanoTime();

  private final TestDesk silent = new TestDesk(AuthType.TRUST, (_, _, _) -> {});
  private final TestDesk desk = new TestDesk(AuthType.TRUST, ROUTING, TestDesk.REPLICA);
  private EmbeddedChannel client = desk.connect();
  private final EmbeddedChannel server = new EmbeddedChannel();
  private ClientSession session;
  private boolean faulty;

  @AfterEach
  void close() {
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
    assertThat(desk.faults).hasSize(faulty ? 1 : 0);
    assertThat(silent.faults).isEmpty();
  }

  static Stream<String> kinds() {
    List<String> kinds = new ArrayList<>();
    for (Class<?> kind : Wait.class.getPermittedSubclasses()) {
      if (kind.isEnum()) {
        Arrays.stream(kind.getEnumConstants())
            .forEach(each -> kinds.add(kind.getSimpleName() + "." + each));
      } else {
        kinds.add(kind.getSimpleName());
      }
    }
    return kinds.stream();
  }

  /** What the client waits for, for how long, and with which SQLSTATE it is told, if at all. */
  private record Expected(String reason, Duration bound, String code) {}

  private static final Duration QUERY_WAIT = Duration.ofSeconds(30);
  private static final Duration QUERY = Duration.ofSeconds(7);
  private static final Duration OWN_WORK = Duration.ofSeconds(20);
  private static final Duration CONNECTION = Duration.ofSeconds(25);

  @ParameterizedTest
  @MethodSource("kinds")
  void theClientIsToldWhenNobodyWakesIt(String kind) {
    desk.timeouts(t -> t.query = QUERY);
    Expected expected = waitFor(kind);
    assertThat(session.waits().current()).as("what it waits for").isNotNull();
    assertThat(session.waits().current().text()).startsWith(expected.reason());
    String before = told();
    session.tick(startNanos + expected.bound().minusMillis(1).toNanos());
    assertThat(told()).as("told too early, behind " + before).isEmpty();
    session.tick(System.nanoTime() + expected.bound().plusMillis(1000).toNanos());
    if (expected.code() == null) {
      send(message('X', ""));
    } else {
      assertThat(told()).contains(expected.code());
    }
    assertThat(session.waits().current() == null || session.phase() == ClosedPhase.CLOSED)
        .as("it waits no more")
        .isTrue();
  }

  private Expected waitFor(String kind) {
    return switch (kind) {
      case "Lease" -> {
        idle();
        ask("INSERT INTO t VALUES (1)");
        yield new Expected("opening: pool app@demo on", QUERY_WAIT, "08001");
      }
      case "Node" -> {
        idle();
        desk.topology(Map.of(TestDesk.REPLICA, Role.REPLICA));
        ask("INSERT INTO t VALUES (1)");
        yield new Expected("no-primary: no primary", QUERY_WAIT, "57P03");
      }
      case "Replay" -> {
        idle().writes.mustSee(new WalToken(1, new Lsn(100)));
        desk.topology(Map.of(TestDesk.REPLICA, Role.REPLICA));
        ask("SELECT 1");
        yield new Expected("replay", QUERY_WAIT, "57P03");
      }
      case "CommitPlace" -> {
        idle();
        desk.idleConnection(server, TestDesk.NODE);
        ask("INSERT INTO t VALUES (1)");
        say("C:INSERT 0 1", "Z:I");
        ask("SHOW howdah.lsn");
        yield new Expected("commit-place", QUERY_WAIT, "57P03");
      }
      case "OwnWork.SETTINGS_AHEAD" -> {
        idle().settings(SessionSettings.of(Map.of("search_path", "shop")));
        desk.idleConnection(server, TestDesk.NODE);
        ask("INSERT INTO t VALUES (1)");
        yield new Expected("settings", QUERY_WAIT, "57P03");
      }
      case "OwnWork.BEGIN_AHEAD" -> {
        idle();
        desk.idleConnection(server, TestDesk.NODE);
        ask("BEGIN");
        ask("INSERT INTO t VALUES (1)");
        yield new Expected("begin", QUERY_WAIT, "57P03");
      }
      case "OwnWork.SETTINGS" -> {
        attached(PoolMode.SESSION).settings(SessionSettings.of(Map.of("search_path", "shop")));
        ask("SELECT 1");
        yield new Expected("settings", OWN_WORK, "08006");
      }
      case "OwnWork.CHANNELS" -> {
        SessionState state = idle();
        desk.idleConnection(server, TestDesk.NODE);
        SessionChannels channels = session.turns().channels();
        ByteBuf listen = Unpooled.copiedBuffer("LISTEN a\0", StandardCharsets.UTF_8);
        channels.ask(state.statements.query(listen, 0, listen.readableBytes(), state.reading()), 0);
        channels.joined("a");
        channels.forget();
        ask("SELECT pg_listening_channels()");
        yield new Expected("channels", OWN_WORK, "08006");
      }
      case "OwnWork.STATE_CHECK" -> {
        attached(PoolMode.TRANSACTION);
        ask("SELECT set_config('search_path', a, false) FROM t");
        say("C:SELECT 1", "Z:I");
        ask("SELECT 1");
        yield new Expected("state-check", OWN_WORK, "08006");
      }
      case "OwnWork.BATCH_END" -> {
        idle();
        desk.idleConnection(server, TestDesk.REPLICA);
        send(message('P', "\0SELECT 1\0\0\0"), message('H', ""));
        say("1:");
        ask("SELECT 1");
        yield new Expected("batch-end", OWN_WORK, "08006");
      }
      case "OwnWork.OTHER" -> {
        attached(PoolMode.SESSION);
        session.turns().server().run("SELECT 1", nothing());
        ask("SELECT 1");
        yield new Expected("own-work", OWN_WORK, "08006");
      }
      case "Replies.ORDER" -> {
        attached(PoolMode.TRANSACTION);
        ask("PREPARE a AS SELECT 1");
        ask("EXECUTE a");
        yield new Expected("earlier-request", QUERY, "57014");
      }
      case "Replies.MANY" -> {
        attached(PoolMode.SESSION);
        for (int i = 0; i <= AttachedWaits.MAX_OWED + 1; i++) {
          ask("SELECT 1");
        }
        yield new Expected("earlier-request: too many", QUERY, "57014");
      }
      case "Cancel.UNDER_WAY" -> {
        client = silent.connect();
        session = session(silent.attach(client, server, PoolMode.SESSION));
        ask("SELECT 1");
        session.phase().cancel(() -> {});
        client.runPendingTasks();
        server.runPendingTasks();
        say("C:SELECT 1", "Z:I");
        ask("SELECT 2");
        yield new Expected("cancel", CONNECTION, "08006");
      }
      case "Room.AT_SERVER" -> {
        attached(PoolMode.SESSION);
        ask("SELECT 1");
        full(server);
        yield new Expected("server-buffer", QUERY, "57014");
      }
      case "Room.AT_CLIENT" -> {
        attached(PoolMode.SESSION);
        ask("SELECT 1");
        full(client);
        yield new Expected("client-buffer", QUERY, "57014");
      }
      case "Listen" -> {
        idle();
        desk.idleConnection(server, TestDesk.NODE);
        ask("LISTEN news");
        yield new Expected("listen: channel \"news\"", QUERY_WAIT, "57P03");
      }
      case "Login.STARTUP" -> {
        session = client.pipeline().get(ClientSession.class);
        yield new Expected("startup", Duration.ofSeconds(60), "57014");
      }
      case "Login.AUTHENTICATION" -> {
        session = client.pipeline().get(ClientSession.class);
        session.identify(identity(io.howdah.frontend.startup.Replication.NONE));
        session.become(new AuthenticationPhase(session));
        yield new Expected("authentication", Duration.ofSeconds(60), "57014");
      }
      case "Replication" -> {
        session = client.pipeline().get(ClientSession.class);
        session.identify(identity(io.howdah.frontend.startup.Replication.LOGICAL));
        ReplicationWelcomePhase phase =
            new ReplicationWelcomePhase(
                session,
                new ReplicationConnector(
                    desk.fleet, DatabaseConfig.of("demo", "main"), "demo", "app"));
        session.become(phase);
        phase.begin();
        yield new Expected("replication", CONNECTION, "08006");
      }
      case "Soon.RUN_AGAIN" -> {
        idle();
        session.readAgain(message('Q', "SELECT 1\0"));
        // Nobody reads it.
        session.tick(System.nanoTime());
        faulty = true;
        yield new Expected("run-again", Duration.ofSeconds(1), "XX000");
      }
      case "Command.RUNNING" -> {
        // As long as it takes, or until the administrator goes: a PAUSE waits for transactions.
        session = client.pipeline().get(ClientSession.class);
        session.become(new ConsolePhase(session, Access.ADMIN));
        ask("PAUSE");
        yield new Expected("console", Duration.ofDays(1), null);
      }
      default -> fail("no case for " + kind);
    };
  }

  @Test
  void aReaderThatIsStoppedWithoutAReasonIsAFault() {
    idle();
    session.reader().pushBack(message('Q', "SELECT 1\0"), client.alloc());
    long now = System.nanoTime();
    session.tick(now);
    assertThat(told()).isEmpty();
    session.tick(now + Duration.ofSeconds(2).toNanos());
    assertThat(told()).contains("XX000");
    assertThat(session.phase()).isEqualTo(ClosedPhase.CLOSED);
    faulty = true;
  }

  private ClientSession session(SessionState of) {
    assertThat(of.session).isSameAs(client.pipeline().get(ClientSession.class));
    return client.pipeline().get(ClientSession.class);
  }

  private static ClientIdentity identity(io.howdah.frontend.startup.Replication replication) {
    return new ClientIdentity(
        "app",
        "demo",
        DatabaseConfig.of("demo", "main"),
        PoolMode.TRANSACTION,
        StartupOptions.of(Map.of("user", "app", "database", "demo")),
        0,
        replication,
        "test");
  }

  private SessionState idle() {
    SessionState state = desk.idle(client, PoolMode.TRANSACTION);
    session = session(state);
    session.loggedIn(state);
    session.waitsBeside(null);
    return state;
  }

  private SessionState attached(PoolMode mode) {
    SessionState state = desk.attach(client, server, mode);
    session = session(state);
    session.waitsBeside(null);
    return state;
  }

  private static Chore nothing() {
    return new Chore() {
      @Override
      public void done() {}

      @Override
      public void failed(PgError error) {}
    };
  }

  private static void full(EmbeddedChannel channel) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    channel.runPendingTasks();
  }

  private void ask(String sql) {
    send(message('Q', sql + "\0"));
  }

  private void send(ByteBuf... messages) {
    client.writeInbound((Object[]) new ByteBuf[] {Unpooled.wrappedBuffer(messages)});
    client.runPendingTasks();
  }

  /** What the server says: a type, and the text of its body. */
  private void say(String... messages) {
    ByteBuf[] all = new ByteBuf[messages.length];
    for (int i = 0; i < all.length; i++) {
      char type = messages[i].charAt(0);
      String text = messages[i].substring(2);
      all[i] = message(type, type == 'C' ? text + "\0" : text);
    }
    server.writeInbound((Object[]) new ByteBuf[] {Unpooled.wrappedBuffer(all)});
    client.runPendingTasks();
  }

  private static ByteBuf message(char type, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer().writeByte(type).writeInt(4 + bytes.length).writeBytes(bytes);
  }

  /** The SQLSTATEs of the errors that the client was told since the last call. */
  private String told() {
    client.runPendingTasks();
    StringBuilder all = new StringBuilder();
    for (ByteBuf each = client.readOutbound(); each != null; each = client.readOutbound()) {
      while (each.readableBytes() >= 5) {
        byte type = each.readByte();
        ByteBuf body = each.readSlice(each.readInt() - 4);
        if (type == 'E') {
          all.append(ErrorFields.read(body).code()).append(' ');
        }
      }
      each.release();
    }
    return all.toString();
  }
}
