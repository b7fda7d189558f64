package io.howdah.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventLogTest {
  private static final Logger HOWDAH = Logger.getLogger("howdah");

  private final Lines lines = new Lines();
  private long now;
  private final EventLog log = new EventLog(() -> now);

  @BeforeEach
  void listen() {
    HOWDAH.setLevel(Level.INFO);
    HOWDAH.addHandler(lines);
  }

  @AfterEach
  void stopListening() {
    HOWDAH.removeHandler(lines);
    HOWDAH.setLevel(null);
  }

  @Test
  void aFloodOfRefusedLoginsIsTenLinesAndANumber() {
    for (int i = 0; i < 1_000; i++) {
      log.loginRefused("10.0.0.1:5000", "eve", "shop", "28P01", "password authentication failed");
    }
    assertThat(lines.texts)
        .hasSize(10)
        .containsOnly(
            "login of eve at shop from 10.0.0.1:5000 refused: password authentication failed"
                + " (28P01)");
    now += Duration.ofSeconds(10).toNanos();
    log.tellDropped();
    assertThat(lines.texts).hasSize(11).last().isEqualTo("990 more refused logins were not logged");
  }

  @Test
  void aFaultIsWrittenWithItsStackOnceAPlaceAndMinute() {
    for (int i = 0; i < 100; i++) {
      log.fault("a pool", new IllegalStateException("here"));
      log.fault("a pool", new IllegalStateException("there"));
    }
    assertThat(lines.thrown).extracting(Throwable::getMessage).containsExactly("here", "there");
    now += Duration.ofMinutes(1).toNanos();
    log.tellDropped();
    assertThat(lines.texts)
        .hasSize(4)
        .filteredOn(each -> each.startsWith("99 more faults in a pool, "))
        .hasSize(2);
    log.fault("a pool", new IllegalStateException("later"));
    assertThat(lines.thrown).hasSize(3);
  }

  @Test
  void aNameCantForgeALine() {
    log.loginRefused("peer", "eve\n2026-01-01 INFO all is well", "shop", "28P01", "no\r");
    assertThat(lines.texts).singleElement().asString().doesNotContain("\n", "\r");
  }

  @Test
  void aPercentSignInANameIsNoFormat() {
    log.nodeChanged("main", "db%s%n1", "primary", false, "100% lost");
    assertThat(lines.texts).containsExactly("db%s%n1 of main (primary) is down: 100% lost");
  }

  @Test
  void aNodeThatOpensNoConnectionsIsTold() {
    log.serverRefuses("db2", "u", "shop", "3D000", "database \"shop\" does not exist");
    log.serverAccepts("db2", "u", "shop");
    assertThat(lines.texts)
        .containsExactly(
            "db2 opens no connections for u at shop: 3D000 database \"shop\" does not exist;"
                + " reads go to other nodes as long as it lasts",
            "db2 opens connections for u at shop again");
  }

  @Test
  void theFieldsStandBesideTheTextAndDontStay() {
    log.primaryChanged("main", "db1", "db2", 7);
    log.primaryChanged("main", null, "db3", 8);
    assertThat(lines.froms).containsExactly("db1", null);
  }

  @Test
  void whatHappensForEveryClientIsForDebugging() {
    log.clientConnected(1, "u", "d", "peer");
    log.clientDisconnected(1, "u", "d", "Terminate");
    log.pinned(1, "temporary-object", "temporary table");
    assertThat(lines.texts).isEmpty();
  }

  /** Keeps what was written. */
  private static final class Lines extends Handler {
    private static final PatternFormatter TEXT = new PatternFormatter("%s");
    private final List<String> texts = new ArrayList<>();
    private final List<String> froms = new ArrayList<>();
    private final List<Throwable> thrown = new ArrayList<>();

    @Override
    public void publish(LogRecord entry) {
      ExtLogRecord line = ExtLogRecord.wrap(entry);
      texts.add(TEXT.format(line));
      froms.add(line.getMdc("from"));
      if (entry.getThrown() != null) {
        thrown.add(entry.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
