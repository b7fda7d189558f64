package io.howdah.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How configuration keys are spelled: dotted, with names that hold a dot in double quotes. */
final class KeyPath {
  private KeyPath() {}

  /** The parts of a key, without quotes. */
  static List<String> parts(String key) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '.' && !quoted) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return parts;
  }

  /** A key of {@code parts}, quoting only what needs it. */
  static String join(List<String> parts) {
    StringBuilder key = new StringBuilder();
    for (String part : parts) {
      if (!key.isEmpty()) {
        key.append('.');
      }
      key.append(part.indexOf('.') >= 0 ? '"' + part + '"' : part);
    }
    return key.toString();
  }

  /** The key below {@code prefix} for one name. */
  static String child(String prefix, String name) {
    return prefix + "." + join(List.of(name));
  }

  /** The one spelling that all ways of writing a key share. */
  static String normal(String key) {
    return key.indexOf('"') < 0 ? key : join(parts(key));
  }

  /** The environment variable that stands for a key: every other sign becomes an underscore. */
  static String environment(String key) {
    return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
