package io.howdah.e2e.causal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.config.CausalReads;
import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
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
