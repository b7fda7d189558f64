package io.howdah.e2e.causal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.CausalReads;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Postgres;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A session that was told of a notification reads what was committed with it. */
class NotifiedReadsTest extends NumberScene {
  private static final int ROUNDS = 20;

  private static void pauseAll() {
    cluster.awaitReplay();
    cluster.replicas().forEach(Postgres::pauseReplay);
  }

  private static String written() {
    return "" + writeAndNotify();
  }

  @Test
  void itReadsWhatItWasToldOf() throws IOException {
    start(CausalReads.SESSION);
    try (Wire wire = howdah.wire()) {
      wire.query("LISTEN it");
      pauseAll();
      for (int i = 0; i < ROUNDS; i++) {
        String now = written();
        wire.until('A');
        assertThat(wire.value("SELECT n FROM seen")).isEqualTo(now);
      }
    }
  }

  /** The notification comes while reads are on their way to a replica, and another follows. */
  @Test
  void whatFollowsItInThePipelineIsNoOlder() throws IOException {
    start(CausalReads.SESSION);
    try (Wire wire = howdah.wire()) {
      wire.query("LISTEN it");
      Await.until(() -> recovery(wire), there -> assertThat(there).isEqualTo("t"));
      pauseAll();
      // Told behind the first; the second runs on for long enough for a third to come meanwhile.
      wire.send(Send.query("SELECT pg_sleep(1)"), Send.query("SELECT pg_sleep(3)"));
      String now = written();
      wire.until('A');
      wire.send(Send.query("SELECT n FROM seen"));
      assertThat(row(wire.ready())).as("the first").isNull();
      assertThat(row(wire.ready())).as("the second").isEmpty();
      assertThat(row(wire.ready())).isEqualTo(now);
    }
  }

  private static String recovery(Wire wire) {
    try {
      return wire.value("SELECT pg_is_in_recovery()");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String row(List<Message> replies) {
    return replies.stream()
        .filter(each -> each.type() == 'D')
        .map(each -> each.row().getFirst())
        .findFirst()
        .orElse(null);
  }

  @Test
  void aSessionThatListensItselfToo() throws IOException {
    start(CausalReads.SESSION);
    try (Wire wire = Wire.login(howdah.address(), Map.of("client_encoding", "LATIN1"))) {
      wire.query("LISTEN it");
      pauseAll();
      for (int i = 0; i < ROUNDS; i++) {
        String now = written();
        wire.until('A');
        assertThat(wire.value("SELECT n FROM seen")).isEqualTo(now);
      }
      String now = written();
      wire.until('A');
      wire.query("DISCARD ALL");
      assertThat(wire.value("SELECT n FROM seen")).isEqualTo(now);
    }
  }

  @Test
  void withoutItReadsAreOlder() throws IOException {
    start(CausalReads.OFF);
    try (Wire wire = howdah.wire()) {
      wire.query("LISTEN it");
      pauseAll();
      String now = written();
      wire.until('A');
      assertThat(wire.value("SELECT n FROM seen")).isNotEqualTo(now);
    }
  }
}
