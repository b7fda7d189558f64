package io.howdah.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.config.HostPort;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL client program of this machine, run against an address. */
public final class Program {
  private Program() {}

  /**
   * What it did.
   *
   * @param output standard output and error, as they came
   */
  public record Result(int code, String output) {
    /** The output of a run that succeeded. */
    public String expectSuccess() {
      assertThat(code).as(output).isZero();
      return output;
    }
  }

  /** Skips the test where this machine has no such program, and says so. */
  public static void assumeInstalled(String name) {
    boolean found =
        List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    if (!found) {
      System.err.println(
          "SKIPPED: " + name + " is not installed here, so nothing was tested with it");
    }
    assumeTrue(found, name + " is not installed here");
  }

  /** Runs it as the usual user in {@code folder}. */
  public static Result run(HostPort at, Path folder, long seconds, String... command) {
    Path output = folder.resolve("output.txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(new ArrayList<>(List.of(command)))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().put("PGHOST", at.host());
      builder.environment().put("PGPORT", Integer.toString(at.port()));
      builder.environment().put("PGUSER", Servers.USER);
      builder.environment().put("PGPASSWORD", Servers.PASSWORD);
      builder.environment().put("PGDATABASE", Servers.DATABASE);
      builder.environment().put("PSQLRC", "/dev/null");
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            command[0] + " did not end within " + seconds + " s:\n" + Files.readString(output));
      }
      return new Result(process.exitValue(), Files.readString(output));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
