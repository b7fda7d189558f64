package io.howdah.e2e.routing;

import static io.howdah.e2e.routing.ReadOnlyPortTest.assertPrimaryUntouched;
import static io.howdah.e2e.routing.ReadOnlyPortTest.howdah;
import static io.howdah.e2e.routing.ReadOnlyPortTest.readOnly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the read-only port refuses by itself, before a replica could. */
class ReadOnlyPortRefusalsTest {
  private static final String ON_REPLICA = "SELECT pg_is_in_recovery()";

  @Test
  void withoutAReplicaNobodyIsLetIn() throws IOException {
    try (Howdah howdah = alone();
        Wire wire = Wire.open(howdah.address(Purpose.READ_ONLY))) {
      assertThatThrownBy(() -> login(wire))
          .isInstanceOfSatisfying(
              Wire.Refused.class, e -> assertThat(e.error().sqlstate()).isEqualTo("57P03"));
      assertPrimaryUntouched(howdah);
    }
  }

  private static void login(Wire wire) throws IOException {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", Servers.USER);
    parameters.put("database", Servers.DATABASE);
    wire.login(parameters, Servers.PASSWORD);
  }

  /** In front of the primary alone. */
  private static Howdah alone() {
    return HowdahSpec.inFrontOf(
            List.of(Servers.shared().primary()), Servers.shared().superuserPassword())
        .furtherPorts()
        .timeouts(t -> t.queryWait = Duration.ofMillis(300))
        .start();
  }

  @Test
  void whoAsksForThePrimaryIsRefused() throws IOException {
    try (Howdah howdah = howdah(PoolMode.TRANSACTION);
        Wire wire = readOnly(howdah)) {
      Message refused = wire.query("/* howdah: primary */ SELECT 1").getFirst();
      assertThat(refused.sqlstate()).isEqualTo("0A000");
      assertThat(refused.field('M')).contains("read-only port");
      wire.send(
          Send.parse("", "/* howdah: primary */ SELECT 1"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync());
      assertThat(wire.ready()).anyMatch(each -> each.type() == 'E' && isFeature(each));
      for (String value : List.of("primary", "auto")) {
        Message setting = wire.query("SET howdah.route = '" + value + "'").getFirst();
        assertThat(setting.sqlstate()).isEqualTo("22023");
        assertThat(setting.field('H')).contains("read-only port");
      }
      assertThat(wire.query("SET howdah.route = 'replica'").getFirst().type()).isEqualTo('C');
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("replica");
      assertThat(wire.value(ON_REPLICA)).isEqualTo("t");
      assertPrimaryUntouched(howdah);
    }
  }

  private static boolean isFeature(Message error) {
    return error.sqlstate().equals("0A000");
  }

  @Test
  void aStartUpOptionCanNotAskForThePrimary() {
    try (Howdah howdah = howdah(PoolMode.TRANSACTION)) {
      assertThatThrownBy(
              () ->
                  Wire.login(
                      howdah.address(Purpose.READ_ONLY),
                      Map.of("options", "-c howdah.route=primary")))
          .isInstanceOfSatisfying(
              Wire.Refused.class, e -> assertThat(e.error().sqlstate()).isEqualTo("22023"));
    }
  }

  @Test
  void aReplicationConnectionIsRefused() {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).furtherPorts().replication(true).start()) {
      assertThatThrownBy(
              () ->
                  Wire.login(howdah.address(Purpose.READ_ONLY), Map.of("replication", "database")))
          .isInstanceOfSatisfying(
              Wire.Refused.class, e -> assertThat(e.error().sqlstate()).isEqualTo("0A000"));
    }
  }
}
