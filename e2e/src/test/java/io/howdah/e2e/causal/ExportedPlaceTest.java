package io.howdah.e2e.causal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.config.CausalReads;
import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.OwnCluster;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.WalToken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one session wrote another one sees, also through another Howdah, if its client says so. */
class ExportedPlaceTest {
  private static final String READ =
      "SELECT n || CASE WHEN pg_is_in_recovery() THEN ' on a replica' ELSE ' on the primary' END"
          + " FROM exported";

  private static final String SHOW = "SHOW howdah.lsn";
  private static final Duration SHORT = Duration.ofMillis(20);
  private static OwnCluster own;
  private static Cluster cluster;
  private static int n;
  private final List<Howdah> howdahs = new ArrayList<>();

  @BeforeAll
  static void startCluster() {
    own =
        OwnCluster.start(
            ClusterSpec.ofReplicas(2),
            "CREATE TABLE exported AS SELECT 0 AS n; GRANT ALL ON exported TO app");
    cluster = own.cluster();
  }

  @AfterAll
  static void stopCluster() {
    if (own != null) {
      own.close();
    }
  }

  @AfterEach
  void stop() {
    cluster.replicas().forEach(Postgres::resumeReplay);
    howdahs.forEach(Howdah::close);
  }

  private Howdah start(CausalReads mode, Duration wait) {
    Howdah howdah = own.howdah().causalReads(mode).causalWait(wait).start();
    howdahs.add(howdah);
    return howdah;
  }

  private static void pauseAll() {
    cluster.awaitReplay();
    cluster.replicas().forEach(Postgres::pauseReplay);
  }

  private static String update() {
    n++;
    return "UPDATE exported SET n = " + n;
  }

  private static String write(Wire wire) throws IOException {
    assertThat(wire.query(update())).extracting(Message::type).contains('C');
    return "" + n;
  }

  private static WalToken place(Wire wire) throws IOException {
    return WalToken.parse(wire.value(SHOW));
  }

  private static void set(Wire wire, Object place) throws IOException {
    assertThat(wire.query("SET howdah.lsn = '" + place + "'"))
        .extracting(Message::type)
        .containsExactly('C', 'Z');
  }

  private static String firstRow(List<Message> replies) {
    return replies.stream().filter(m -> m.type() == 'D').findFirst().orElseThrow().row().getFirst();
  }

  @Test
  void anotherHowdahsReadWaitsForIt() throws IOException {
    Howdah there = start(CausalReads.SESSION, Duration.ofMinutes(5));
    try (Wire writer = start(CausalReads.SESSION, SHORT).wire();
        Wire reader = there.wire()) {
      pauseAll();
      String now = write(writer);
      assertThat(reader.value(READ)).endsWith("on a replica").doesNotStartWith(now + " ");
      set(reader, writer.value(SHOW));
      reader.send(Send.query(READ));
      Await.until(
          () -> there.count(Figure.CAUSAL_POLL_COUNT), polls -> assertThat(polls).isPositive());
      cluster.replicas().getLast().resumeReplay();
      assertThat(firstRow(reader.ready())).isEqualTo(now + " on a replica");
    }
  }

  @Test
  void aNewSessionBeginsWithIt() throws IOException {
    try (Wire writer = start(CausalReads.SESSION, SHORT).wire()) {
      pauseAll();
      String now = write(writer);
      WalToken place = place(writer);
      HostPort there = start(CausalReads.SESSION, SHORT).address();
      try (Wire reader = Wire.login(there, Map.of("options", "-c howdah.lsn=" + place))) {
        assertThat(reader.value(SHOW)).isEqualTo("" + place);
        assertThat(reader.value(READ)).isEqualTo(now + " on the primary");
      }
      assertThatThrownBy(() -> Wire.login(there, Map.of("howdah.lsn", "nowhere")))
          .isInstanceOfSatisfying(
              Wire.Refused.class, e -> assertThat(e.error().sqlstate()).isEqualTo("22023"));
    }
  }

  @Test
  void withoutCausalReadsItCountsToo() throws IOException {
    Howdah there = start(CausalReads.OFF, SHORT);
    try (Wire writer = there.wire();
        Wire reader = there.wire()) {
      pauseAll();
      String now = write(writer);
      assertThat(writer.value(READ)).doesNotStartWith(now + " ");
      set(reader, place(writer));
      assertThat(reader.value(READ)).isEqualTo(now + " on the primary");
      assertThat(writer.value(READ)).as("it only told").doesNotStartWith(now + " ");
    }
  }

  @Test
  void itGrowsWithCommitsAndNeverGoesBack() throws IOException {
    Howdah here = start(CausalReads.SESSION, SHORT);
    try (Wire wire = here.wire();
        Wire other = here.wire()) {
      assertThat(wire.value(SHOW)).isEmpty();
      set(wire, "");
      write(wire);
      WalToken first = place(wire);
      wire.query("BEGIN; " + update());
      assertThat(place(wire)).as("not committed").isEqualTo(first);
      wire.query("COMMIT");
      WalToken second = place(wire);
      assertThat(second.lsn()).isGreaterThan(first.lsn());
      write(other);
      WalToken theirs = place(other);
      set(wire, theirs);
      set(wire, first);
      set(wire, "");
      wire.query("RESET howdah.lsn");
      wire.query("DISCARD ALL");
      assertThat(place(wire)).isEqualTo(theirs);
    }
  }

  @Test
  void behindACommitInThePipelineItIsThatCommits() throws IOException {
    try (Wire wire = start(CausalReads.SESSION, SHORT).wire()) {
      write(wire);
      WalToken before = place(wire);
      wire.send(Send.query(update()), Send.query(SHOW));
      wire.ready();
      WalToken then = WalToken.parse(firstRow(wire.ready()));
      assertThat(then.lsn()).isGreaterThan(before.lsn());
      wire.send(
          Send.parse("", update()),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.parse("", SHOW),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync());
      assertThat(firstRow(wire.ready())).as("not committed").isEqualTo("" + then);
      assertThat(place(wire).lsn()).isGreaterThan(then.lsn());
    }
  }

  /** A transaction follows at once, so no status tells that the one before it has ended. */
  @ParameterizedTest
  @ValueSource(strings = {"COMMIT", "ROLLBACK"})
  void behindAChainItIsTheCommitsThatEndedThere(String end) throws IOException {
    try (Wire wire = start(CausalReads.SESSION, SHORT).wire()) {
      wire.query("BEGIN");
      write(wire);
      wire.query(end + " AND CHAIN");
      WalToken first = place(wire);
      write(wire);
      assertThat(place(wire)).as("not committed").isEqualTo(first);
      wire.send(Send.query("COMMIT AND CHAIN"), Send.query(SHOW));
      wire.ready();
      WalToken second = WalToken.parse(firstRow(wire.ready()));
      assertThat(second.lsn()).isGreaterThan(first.lsn());
      wire.query(update() + "; COMMIT AND CHAIN; SELECT 1");
      WalToken third = place(wire);
      assertThat(third.lsn()).isGreaterThan(second.lsn());
      wire.query("COMMIT");
    }
  }

  /** Within one batch nothing but the command tag tells it, and that comes only if asked for. */
  @Test
  void behindAChainInOneBatch() throws IOException {
    try (Wire wire = start(CausalReads.SESSION, SHORT).wire()) {
      wire.query("BEGIN");
      write(wire);
      wire.send(
          Send.parse("", "COMMIT AND CHAIN"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.parse("", SHOW),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.parse("", update()),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.parse("", "COMMIT"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.parse("", SHOW),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync());
      List<String> rows =
          wire.ready().stream()
              .filter(each -> each.type() == 'D')
              .map(each -> each.row().getFirst())
              .toList();
      assertThat(rows).hasSize(2);
      assertThat(WalToken.parse(rows.get(1)).lsn())
          .isGreaterThan(WalToken.parse(rows.get(0)).lsn());
    }
  }

  /** The client has heard of the commit, and has said no Sync yet. */
  @Test
  void behindACommitThatIsToldByFlush() throws IOException {
    Howdah here = start(CausalReads.GLOBAL, SHORT);
    try (Wire wire = here.wire();
        Wire other = here.wire()) {
      wire.query("BEGIN");
      String now = write(wire);
      cluster.awaitReplay();
      Await.until(() -> read(other), read -> assertThat(read).endsWith("on a replica"));
      pauseAll();
      wire.send(Send.parse("", "COMMIT"), Send.bind("", ""), Send.execute("", 0), Send.flush());
      wire.until('C');
      assertThat(other.value(READ)).isEqualTo(now + " on the primary");
      wire.send(Send.sync());
      wire.ready();
    }
  }

  /** What a session has read counts as well: another one that takes it along sees no less. */
  @Test
  void itCoversWhatTheSessionHasRead() throws IOException {
    Howdah here = start(CausalReads.SESSION, SHORT);
    try (Wire wire = here.wire();
        Wire other = here.wire()) {
      write(other);
      WalToken theirs = place(other);
      Await.until(() -> read(wire), read -> assertThat(read).isEqualTo(n + " on a replica"));
      assertThat(place(wire).lsn()).isGreaterThanOrEqualTo(theirs.lsn());
    }
  }

  private static String read(Wire wire) {
    try {
      return wire.value(READ);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void globallyItCoversWhatOthersWereTold() throws IOException {
    Howdah here = start(CausalReads.GLOBAL, SHORT);
    try (Wire wire = here.wire();
        Wire other = here.wire()) {
      write(other);
      WalToken theirs = place(other);
      assertThat(place(wire).lsn()).isGreaterThanOrEqualTo(theirs.lsn());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere", "0/3000148", "1:3000148", "0:0/1", "1:0/XYZ", "99:0/3000148"})
  void whatIsNoPlaceHereIsRefused(String value) throws IOException {
    try (Wire wire = start(CausalReads.SESSION, SHORT).wire()) {
      Message error = wire.query("SET howdah.lsn = '" + value + "'").getFirst();
      assertThat(error.sqlstate()).isEqualTo("22023");
      assertThat(error.field('H')).contains("timeline");
      assertThat(wire.value(SHOW)).isEmpty();
    }
  }
}
