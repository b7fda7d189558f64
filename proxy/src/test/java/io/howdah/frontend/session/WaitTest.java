package io.howdah.frontend.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.howdah.admin.Access;
import io.howdah.backend.replication.ReplicationConnector;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.PoolMode;
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
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
  private final WaitScene at = new WaitScene();
  private boolean faulty;

  @AfterEach
  void close() {
    at.close();
    assertThat(at.desk.faults).hasSize(faulty ? 1 : 0);
    assertThat(at.silent.faults).isEmpty();
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
    at.desk.timeouts(t -> t.query = QUERY);
    Expected expected = waitFor(kind);
    assertThat(at.session.waits().current()).as("what it waits for").isNotNull();
    assertThat(at.session.waits().current().text()).startsWith(expected.reason());
    String before = at.told();
    at.pass(expected.bound());
    assertThat(at.told()).as("told too early, behind " + before).isEmpty();
    at.pass(Duration.ofNanos(1));
    if (expected.code() == null) {
      at.send(WaitScene.message('X', ""));
    } else {
      assertThat(at.told()).contains(expected.code());
    }
    assertThat(at.session.waits().current() == null || at.session.phase() == ClosedPhase.CLOSED)
        .as("it waits no more")
        .isTrue();
  }

  private Expected waitFor(String kind) {
    return switch (kind) {
      case "Lease" -> {
        at.idle();
        at.ask("INSERT INTO t VALUES (1)");
        yield new Expected("opening: pool app@demo on", QUERY_WAIT, "08001");
      }
      case "Node" -> {
        at.idle();
        at.desk.topology(Map.of(TestDesk.REPLICA, Role.REPLICA));
        at.ask("INSERT INTO t VALUES (1)");
        yield new Expected("no-primary: no primary", QUERY_WAIT, "57P03");
      }
      case "Replay" -> {
        at.idle().writes.mustSee(new WalToken(1, new Lsn(100)));
        at.desk.topology(Map.of(TestDesk.REPLICA, Role.REPLICA));
        at.ask("SELECT 1");
        yield new Expected("replay", QUERY_WAIT, "57P03");
      }
      case "CommitPlace" -> {
        at.idle();
        at.desk.idleConnection(at.server, TestDesk.NODE);
        at.ask("INSERT INTO t VALUES (1)");
        at.say("C:INSERT 0 1", "Z:I");
        at.ask("SHOW howdah.lsn");
        yield new Expected("commit-place", QUERY_WAIT, "57P03");
      }
      case "OwnWork.SETTINGS_AHEAD" -> {
        at.idle().settings(SessionSettings.of(Map.of("search_path", "shop")));
        at.desk.idleConnection(at.server, TestDesk.NODE);
        at.ask("INSERT INTO t VALUES (1)");
        yield new Expected("settings", QUERY_WAIT, "57P03");
      }
      case "OwnWork.BEGIN_AHEAD" -> {
        at.idle();
        at.desk.idleConnection(at.server, TestDesk.NODE);
        at.ask("BEGIN");
        at.ask("INSERT INTO t VALUES (1)");
        yield new Expected("begin", QUERY_WAIT, "57P03");
      }
      case "OwnWork.SETTINGS" -> {
        at.attached(PoolMode.SESSION).settings(SessionSettings.of(Map.of("search_path", "shop")));
        at.ask("SELECT 1");
        yield new Expected("settings", OWN_WORK, "08006");
      }
      case "OwnWork.CHANNELS" -> {
        SessionState state = at.idle();
        at.desk.idleConnection(at.server, TestDesk.NODE);
        SessionChannels channels = at.session.turns().channels();
        ByteBuf listen = Unpooled.copiedBuffer("LISTEN a\0", StandardCharsets.UTF_8);
        channels.ask(state.statements.query(listen, 0, listen.readableBytes(), state.reading()), 0);
        channels.joined("a");
        channels.forget();
        at.ask("SELECT pg_listening_channels()");
        yield new Expected("channels", OWN_WORK, "08006");
      }
      case "OwnWork.STATE_CHECK" -> {
        at.attached(PoolMode.TRANSACTION);
        at.ask("SELECT set_config('search_path', a, false) FROM t");
        at.say("C:SELECT 1", "Z:I");
        at.ask("SELECT 1");
        yield new Expected("state-check", OWN_WORK, "08006");
      }
      case "OwnWork.BATCH_END" -> {
        at.idle();
        at.desk.idleConnection(at.server, TestDesk.REPLICA);
        at.send(WaitScene.message('P', "\0SELECT 1\0\0\0"), WaitScene.message('H', ""));
        at.say("1:", "t:\0\0", "T:\0\0");
        at.ask("SELECT 1");
        yield new Expected("batch-end", OWN_WORK, "08006");
      }
      case "OwnWork.OTHER" -> {
        at.attached(PoolMode.SESSION);
        at.session.turns().server().ownWork().run("SELECT 1", WaitScene.nothing());
        at.ask("SELECT 1");
        yield new Expected("own-work", OWN_WORK, "08006");
      }
      case "Replies.ORDER" -> {
        at.attached(PoolMode.TRANSACTION);
        at.ask("PREPARE a AS SELECT 1");
        at.ask("EXECUTE a");
        yield new Expected("earlier-request", QUERY, "57014");
      }
      case "Replies.READING" -> {
        at.attached(PoolMode.TRANSACTION);
        at.ask("SET standard_conforming_strings = off");
        at.ask("SELECT 1");
        yield new Expected("earlier-request: the answer decides how", QUERY, "57014");
      }
      case "Replies.MANY" -> {
        at.attached(PoolMode.SESSION);
        for (int i = 0; i <= AttachedWaits.MAX_OWED + 1; i++) {
          at.ask("SELECT 1");
        }
        yield new Expected("earlier-request: too many", QUERY, "57014");
      }
      case "Cancel.UNDER_WAY" -> {
        at.client = at.silent.connect();
        at.session = at.session(at.silent.attach(at.client, at.server, PoolMode.SESSION));
        at.ask("SELECT 1");
        at.session.phase().cancel(() -> {});
        at.client.runPendingTasks();
        at.server.runPendingTasks();
        at.say("C:SELECT 1", "Z:I");
        at.ask("SELECT 2");
        yield new Expected("cancel", CONNECTION, "08006");
      }
      case "Room.AT_SERVER" -> {
        at.attached(PoolMode.SESSION);
        at.ask("SELECT 1");
        WaitScene.full(at.server);
        yield new Expected("server-buffer", QUERY, "57014");
      }
      case "Room.AT_CLIENT" -> {
        at.attached(PoolMode.SESSION);
        at.ask("SELECT 1");
        WaitScene.full(at.client);
        yield new Expected("client-buffer", QUERY, "57014");
      }
      case "Listen" -> {
        at.idle();
        at.desk.idleConnection(at.server, TestDesk.NODE);
        at.ask("LISTEN news");
        yield new Expected("listen: channel \"news\"", QUERY_WAIT, "57P03");
      }
      case "Login.STARTUP" -> {
        at.session = at.client.pipeline().get(ClientSession.class);
        yield new Expected("startup", Duration.ofSeconds(10), "57014");
      }
      case "Login.AUTHENTICATION" -> {
        at.session = at.client.pipeline().get(ClientSession.class);
        at.session.identify(identity(io.howdah.frontend.startup.Replication.NONE));
        at.session.become(new AuthenticationPhase(at.session));
        yield new Expected("authentication", Duration.ofSeconds(10), "57014");
      }
      case "Login.CATALOG" -> {
        at.client = at.unread.connect();
        at.session = at.client.pipeline().get(ClientSession.class);
        at.send(WaitScene.startup("app", "demo"));
        yield new Expected("catalog", QUERY_WAIT, "08006");
      }
      case "Replication" -> {
        at.session = at.client.pipeline().get(ClientSession.class);
        at.session.identify(identity(io.howdah.frontend.startup.Replication.LOGICAL));
        ReplicationWelcomePhase phase =
            new ReplicationWelcomePhase(
                at.session,
                new ReplicationConnector(
                    at.desk.fleet, DatabaseConfig.of("demo", "main"), "demo", "app"));
        at.session.become(phase);
        phase.begin();
        yield new Expected("replication", CONNECTION, "08006");
      }
      case "Soon.RUN_AGAIN" -> {
        at.idle();
        at.session.readAgain(WaitScene.message('Q', "SELECT 1\0"));
        // Nobody reads it.
        at.pass(Duration.ZERO);
        faulty = true;
        yield new Expected("run-again", Duration.ofSeconds(1), "XX000");
      }
      case "Command.RUNNING" -> {
        // As long as it takes, or until the administrator goes: a PAUSE waits for transactions.
        at.session = at.client.pipeline().get(ClientSession.class);
        at.session.become(new ConsolePhase(at.session, Access.ADMIN));
        at.ask("PAUSE");
        yield new Expected("console", Duration.ofDays(1), null);
      }
      default -> fail("no case for " + kind);
    };
  }

  @Test
  void aReaderThatIsStoppedWithoutAReasonIsAFault() {
    at.idle();
    at.session.reader().pushBack(WaitScene.message('Q', "SELECT 1\0"), at.client.alloc());
    at.pass(Duration.ZERO);
    at.pass(Duration.ofSeconds(1));
    assertThat(at.told()).isEmpty();
    at.pass(Duration.ofNanos(1));
    assertThat(at.told()).contains("XX000");
    assertThat(at.session.phase()).isEqualTo(ClosedPhase.CLOSED);
    faulty = true;
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
}
