package io.howdah.app;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Starts the application, once its configuration files are known to be YAML. Public for Quarkus.
 */
@QuarkusMain
public final class Main {
  /** Where Quarkus looks for a configuration file, from the working directory. */
  static final String FILE = "config/application.yaml";

  private static final String FOLDER = "config";

  /** The same for one profile, or under the other name for YAML. */
  private static final String FILES = "application*.{yaml,yml}";

  private Main() {}

  public static void main(String... args) {
    // Quarkus reads the files too, but meets a slip in one with nothing but a stack trace, in which
    // the line stands.
    Path folder = Path.of(FOLDER);
    String fault = Files.isDirectory(folder) ? fault(folder) : null;
    if (fault != null) {
      System.err.println("Howdah can't start. " + fault);
      System.exit(ProxyLifecycle.EXIT_CONFIG);
    }
    Quarkus.run(args);
  }

  /** What keeps a configuration file of a folder from being read, or null. */
  static String fault(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, FILES)) {
      for (Path file : files) {
        String fault = faultIn(file);
        if (fault != null) {
          return file + " can't be read: " + fault;
        }
      }
      return null;
    } catch (IOException e) {
      return folder + " can't be read: " + e.getMessage();
    }
  }

  private static String faultIn(Path file) {
    try {
      var unused = new YamlConfigSource(file.toUri().toURL());
      return null;
    } catch (YAMLException e) {
      return YamlSlip.of(e);
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
