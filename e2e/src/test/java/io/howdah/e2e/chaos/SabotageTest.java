package io.howdah.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Servers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chaos test fails when one of Howdah's checks is switched off on purpose. */
class SabotageTest {
  private static final long SEED = 42;

  /** It ends with the first thing that is wrong, mostly within a second. */
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  /** How long Howdah as it is must stand the same. */
  private static final Duration SOUND = Duration.ofSeconds(3);

  private static final Duration BOUND = Duration.ofMinutes(5);

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ASKS_NOTHING", "SHARES_SEQUENCES"})
  void isDetected(Sabotage sabotage, @TempDir Path folder)
      throws IOException, InterruptedException {
    sabotage.writeTo(folder);
    boolean ownSettings = sabotage != Sabotage.HANDS_ON_WHAT_IS_OWED;
    List<String> said = ride(folder, AT_MOST, ownSettings, SabotagedRide.DETECTED);
    System.out.println(
        sabotage + ": " + said.stream().filter(each -> each.startsWith("WRONG")).toList());
  }

  /** The very same ride finds nothing wrong with Howdah as it is. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingElseIs(boolean ownSettings, @TempDir Path folder)
      throws IOException, InterruptedException {
    ride(folder, SOUND, ownSettings, 0);
  }

  private static List<String> ride(Path folder, Duration atMost, boolean ownSettings, int expected)
      throws IOException, InterruptedException {
    Servers servers = Servers.shared();
    List<HostPort> nodes = new ArrayList<>();
    nodes.add(servers.primary());
    nodes.addAll(servers.replicas());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(folder + File.pathSeparator + System.getProperty("java.class.path"));
    command.add(SabotagedRide.class.getName());
    command.addAll(
        SabotagedRide.arguments(SEED, atMost, ownSettings, servers.superuserPassword(), nodes));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
    List<String> said = Files.readAllLines(output);
    assertThat(process.exitValue()).as(String.join("\n", said)).isEqualTo(expected);
    return said;
  }
}
