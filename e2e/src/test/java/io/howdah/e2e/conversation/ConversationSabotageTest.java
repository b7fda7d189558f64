package io.howdah.e2e.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.e2e.chaos.Sabotage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random conversations differ when one of Howdah's checks is switched off on purpose. */
class ConversationSabotageTest {
  private static final long BOUND_SECONDS = 300;

  @ParameterizedTest
  @EnumSource(names = {"VOIDS_NOTHING", "BELIEVES_A_FAILED_PARSE"})
  void isDetected(Sabotage sabotage, @TempDir Path folder)
      throws IOException, InterruptedException {
    sabotage.writeTo(folder);
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                folder + File.pathSeparator + System.getProperty("java.class.path"),
                SabotagedTalk.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(SabotagedTalk.DETECTED);
  }
}
