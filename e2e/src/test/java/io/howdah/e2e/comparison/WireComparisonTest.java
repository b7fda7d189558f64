package io.howdah.e2e.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A client receives the same bytes from Howdah as from PostgreSQL, in session mode too. */
class WireComparisonTest {
  private static Howdah transaction;
  private static Howdah session;

  @BeforeAll
  static void start() {
    Servers.shared().prepare(Scenario.TABLES);
    transaction = Howdah.of(PoolMode.TRANSACTION).start();
    session = Howdah.of(PoolMode.SESSION).start();
  }

  @AfterAll
  static void stop() {
    transaction.close();
    session.close();
  }

  static Stream<Arguments> scenarios() {
    return Stream.of(
            SimpleScenarios.queries(),
            SimpleScenarios.copies(),
            ExtendedScenarios.statements(),
            ExtendedScenarios.names(),
            PortalScenarios.portals(),
            CopyScenarios.copies(),
            HalfwayScenarios.portals(),
            HalfwayScenarios.errors(),
            HalfwayScenarios.functionCalls(),
            ExtendedScenarios.large())
        .flatMap(List::stream)
        .flatMap(
            each ->
                Stream.of(
                    Arguments.of(each, PoolMode.TRANSACTION),
                    Arguments.of(each, PoolMode.SESSION)));
  }

  @ParameterizedTest(name = "{0} ({1})")
  @MethodSource("scenarios")
  void sameBytes(Scenario scenario, PoolMode mode) throws IOException {
    List<String> direct = play(scenario, Target.DIRECT, mode);
    List<String> through = play(scenario, Target.HOWDAH, mode);
    assertThat(through).isEqualTo(direct);
  }

  private static List<String> play(Scenario scenario, Target target, PoolMode mode)
      throws IOException {
    Howdah howdah = mode == PoolMode.SESSION ? session : transaction;
    try (Wire wire = Wire.login(target.address(howdah), Map.of())) {
      return scenario.play(wire);
    }
  }

  @Test
  void theSameGreeting() throws IOException {
    Map<String, String> parameters =
        Map.of("application_name", "greeted", "options", "-c DateStyle=German -c work_mem=5MB");
    assertThat(greeting(Target.HOWDAH, parameters)).isEqualTo(greeting(Target.DIRECT, parameters));
    assertThat(greeting(Target.HOWDAH, Map.of())).isEqualTo(greeting(Target.DIRECT, Map.of()));
  }

  /** In any order, as the protocol leaves it open; only the key's value must differ. */
  private static List<String> greeting(Target target, Map<String, String> parameters)
      throws IOException {
    try (Wire wire = Wire.login(target.address(transaction), parameters)) {
      return wire.greeting().stream()
          .map(each -> each.type() == 'K' ? "K of " + each.body().length : each.toString())
          .sorted()
          .toList();
    }
  }
}
