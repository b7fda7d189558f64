package io.howdah.app;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.error.YAMLException;

/** Starts the application, once its configuration file is known to be YAML. Public for Quarkus. */
@QuarkusMain
public final class Main {
  /** Where Quarkus looks for a configuration file, from the working directory. */
  static final String FILE = "config/application.yaml";

  private Main() {}

  public static void main(String... args) {
    // Quarkus reads the file too, but meets a slip in it with nothing but a stack trace.
    Path file = Path.of(FILE);
    try {
      if (Files.exists(file)) {
        var unused = new YamlConfigSource(file.toUri().toURL());
      }
    } catch (IOException | YAMLException e) {
      System.err.println("Howdah can't start. " + FILE + " can't be read: " + e.getMessage());
      System.exit(ProxyLifecycle.EXIT_CONFIG);
    }
    Quarkus.run(args);
  }
}
