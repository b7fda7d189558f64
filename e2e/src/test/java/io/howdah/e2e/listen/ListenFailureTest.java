package io.howdah.e2e.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.AuthMethod;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import io.howdah.lab.StopMode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The shared listening connection when things go wrong. */
class ListenFailureTest {
  private static final String TERMINATE =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
          + " WHERE application_name = 'howdah listen' AND datname = 'app'";
  private static final int SMALL_BUFFER = 4096;
  private static final int BOUND = 256 << 10;

  @Test
  void clientsAreToldThatNotificationsMayBeLostAndHearAgain() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).start();
        Wire idle = howdah.wire();
        Wire within = howdah.wire();
        Wire deaf = howdah.wire();
        Wire other = howdah.wire()) {
      idle.query("LISTEN b");
      idle.query("LISTEN a");
      within.query("LISTEN a");
      deaf.query("SELECT 1");
      within.query("BEGIN");
      try (Db db = Servers.shared().superuser(Servers.shared().primary())) {
        db.run(TERMINATE);
      }
      assertWarning(idle.until('N').getLast(), "Channels: a, b.");
      within.send(Send.query("COMMIT"));
      List<Message> end = within.ready();
      Message warning =
          end.stream()
              .filter(each -> each.type() == 'N')
              .findFirst()
              .orElseGet(() -> next(within, 'N'));
      assertWarning(warning, "Channels: a.");
      other.query("NOTIFY a, 'again'");
      assertThat(Heard.of(idle.until('A').getLast())).isEqualTo("a again");
      assertThat(Heard.of(within.until('A').getLast())).isEqualTo("a again");
      assertThat(deaf.query("SELECT 1")).noneMatch(each -> each.type() == 'N');
    }
  }

  private static Message next(Wire wire, char type) {
    try {
      return wire.until(type).getLast();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertWarning(Message notice, String channels) {
    assertThat(notice.field('V')).isEqualTo("WARNING");
    assertThat(notice.field('C')).isEqualTo("01000");
    assertThat(notice.field('M')).isEqualTo("notifications may have been lost");
    assertThat(notice.field('D')).endsWith(channels);
  }

  @Test
  void listenersFollowTheNewPrimary() throws IOException {
    assumeThat(System.getProperty("servers", "embedded"))
        .as("promotes servers of its own, which are the embedded ones")
        .isEqualTo("embedded");
    try (Cluster cluster = Cluster.start(ClusterSpec.ofReplicas(1))) {
      cluster.createRole(Servers.USER, Servers.PASSWORD);
      cluster.createDatabase(Servers.DATABASE, Servers.USER);
      cluster.awaitReplay();
      List<HostPort> nodes =
          cluster.nodes().stream().map(each -> new HostPort(each.host(), each.port())).toList();
      Postgres old = cluster.nodes().get(0);
      Postgres next = cluster.nodes().get(1);
      try (Howdah howdah = HowdahSpec.inFrontOf(nodes, Cluster.SUPERUSER_PASSWORD).start();
          Wire listener = howdah.wire();
          Wire other = howdah.wire()) {
        listener.query("LISTEN moved");
        old.stop(StopMode.FAST);
        next.promote();
        assertWarning(listener.until('N').getLast(), "Channels: moved.");
        Await.until(
            () -> notify(other),
            replies -> assertThat(replies).noneMatch(each -> each.type() == 'E'));
        assertThat(Heard.of(listener.until('A').getLast())).isEqualTo("moved here");
      }
    }
  }

  private static List<Message> notify(Wire wire) {
    try {
      return wire.query("NOTIFY moved, 'here'");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aClientThatDoesNotReadIsDroppedAndStopsNobody() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).maxNotificationBytes(BOUND).start();
        Wire slow = Wire.open(howdah.address(), SMALL_BUFFER);
        Wire fast = howdah.wire();
        Wire other = howdah.wire()) {
      slow.login(Map.of("user", Servers.USER, "database", Servers.DATABASE), Servers.PASSWORD);
      slow.query("LISTEN flood");
      fast.query("LISTEN flood");
      String rest = "x".repeat(7900);
      int sent = 0;
      while (howdah.events().errors().isEmpty()) {
        other.query("NOTIFY flood, '" + sent + " " + rest + "'");
        String heard = Heard.of(fast.until('A').getLast());
        assertThat(heard).startsWith("flood " + sent + " ");
        sent++;
      }
      assertThat(howdah.events().errors())
          .containsExactly("54000 too many notifications wait for this session");
      // What it reads now is in order, up to the point where it was dropped.
      int next = 0;
      for (Message each : slow.toEnd()) {
        if (each.type() == 'A') {
          assertThat(Heard.of(each)).startsWith("flood " + next++ + " ");
        } else {
          assertThat(each.field('C')).isEqualTo("54000");
          assertThat(each.field('V')).isEqualTo("FATAL");
        }
      }
      assertThat(next).isLessThanOrEqualTo(sent);
    }
  }

  @Test
  void aTransactionThatIsTooLongForItsNotificationsIsDropped() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).maxNotificationBytes(BOUND).start();
        Wire within = howdah.wire();
        Wire other = howdah.wire()) {
      within.query("LISTEN long");
      within.query("BEGIN");
      other.query("SELECT pg_notify('long', i || repeat('x', 7000)) FROM generate_series(1, 60) i");
      List<Message> end = within.toEnd();
      assertThat(end).hasSize(1);
      assertThat(end.getFirst().field('C')).isEqualTo("54000");
      assertThat(end.getFirst().field('D')).contains("clients.max-notification-bytes");
    }
  }

  /** A role that may have no second connection: its pool's is the first. */
  @Test
  void whatCannotBeHeardIsRefusedAndTheSessionGoesOn() throws IOException {
    Servers.shared().createRole("narrow", "narrow", AuthMethod.SCRAM_SHA_256);
    Servers.shared().prepare("ALTER ROLE narrow CONNECTION LIMIT 1");
    try (Howdah howdah =
        Howdah.of(PoolMode.TRANSACTION)
            .poolSize(1)
            .splitReads(false)
            .user("narrow", "narrow")
            .timeouts(t -> t.queryWait = Duration.ofSeconds(1))
            .start()) {
      try (Wire wire = Wire.open(howdah.address())) {
        wire.login(Map.of("user", "narrow", "database", Servers.DATABASE), "narrow");
        assertRefused(wire.query("LISTEN no"), "57P03", 'I');
        assertThat(wire.value("SELECT 1")).isEqualTo("1");
        wire.query("BEGIN");
        assertRefused(wire.query("LISTEN no"), "57P03", 'E');
        wire.query("ROLLBACK");
        wire.send(Send.parse("", "LISTEN no"), Send.bind("", ""), Send.execute("", 0), Send.sync());
        assertRefused(wire.ready(), "57P03", 'I');
        assertThat(wire.value("SELECT 2")).isEqualTo("2");
      }
    }
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION)
                .poolSize(1)
                .splitReads(false)
                .user("narrow", "narrow")
                .start();
        Wire wire = Wire.open(howdah.address())) {
      wire.login(Map.of("user", "narrow", "database", Servers.DATABASE), "narrow");
      wire.send(Send.query("LISTEN no"));
      for (int i = 0; i < 5; i++) {
        wire.cancel(howdah.address());
      }
      assertRefused(wire.ready(), "57014", 'I');
      assertThat(wire.value("SELECT 3")).isEqualTo("3");
    }
  }

  private static void assertRefused(List<Message> replies, String sqlstate, char status) {
    Message error = replies.stream().filter(each -> each.type() == 'E').findFirst().orElseThrow();
    assertThat(error.field('C')).as(error.toString()).isEqualTo(sqlstate);
    assertThat(error.field('V')).isEqualTo("ERROR");
    assertThat((char) replies.getLast().body()[0]).isEqualTo(status);
    assertThat(replies.stream().filter(each -> each.type() == 'C')).isEmpty();
  }

  /** A text that is not looked at: then the session listens itself, and keeps its connection. */
  @Test
  void anUnreadListenIsHeardByTheSessionItself() throws IOException {
    String lengthy = "/* " + "x".repeat(300_000) + " */ LISTEN unread";
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).start();
        Wire listener = howdah.wire();
        Wire other = howdah.wire()) {
      listener.query("LISTEN seen");
      listener.query(lengthy);
      assertThat(howdah.events().pins()).anySatisfy(pin -> assertThat(pin).contains("LISTEN"));
      List<String> heard = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        other.query("NOTIFY unread, '" + i + "'");
        heard.add(Heard.of(listener.until('A').getLast()));
        other.query("NOTIFY seen, '" + i + "'");
        heard.add(Heard.of(listener.until('A').getLast()));
      }
      assertThat(heard)
          .containsExactly("unread 0", "seen 0", "unread 1", "seen 1", "unread 2", "seen 2");
    }
  }
}
