package io.howdah.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A process of its own in which one of Howdah's checks is switched off. */
public final class Sabotaged {
  /** What the process ends with if it noticed. */
  public static final int DETECTED = 3;

  private static final long BOUND_SECONDS = 300;

  private Sabotaged() {}

  /**
   * Fails unless the process notices.
   *
   * @param main what it runs
   * @param folder an empty one
   */
  public static void assertDetected(Sabotage sabotage, Class<?> main, Path folder)
      throws IOException, InterruptedException {
    sabotage.writeTo(folder);
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                folder + File.pathSeparator + System.getProperty("java.class.path"),
                main.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(DETECTED);
  }
}
