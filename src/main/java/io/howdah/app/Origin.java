package io.howdah.app;

import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says for people where a value came from, out of the name of its configuration source. */
final class Origin {
  private static final Pattern FILE = Pattern.compile("source=(file:[^\\]]+)");

  private Origin() {}

  /**
   * @param source the source's name, may be null
   * @param variable the environment variable that would hold the value
   */
  static String of(String source, String variable) {
    if (source == null) {
      return "";
    }
    if (source.startsWith("EnvConfigSource")) {
      return variable(variable);
    }
    if (source.startsWith("SysPropConfigSource")) {
      return "system property";
    }
    Matcher file = FILE.matcher(source);
    if (file.find()) {
      return shorten(Path.of(URI.create(file.group(1))));
    }
    return source.contains("application.") ? "the application's own application.yaml" : source;
  }

  static String variable(String name) {
    return "environment variable " + name;
  }

  private static String shorten(Path file) {
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) ? here.relativize(file).toString() : file.toString();
  }
}
