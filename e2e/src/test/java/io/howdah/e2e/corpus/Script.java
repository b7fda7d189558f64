package io.howdah.e2e.corpus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** One file of SQL, and where in it psql is. */
final class Script {
  private static final int KEY_DIGITS = 8;

  private final Path file;
  private final String text;
  private int at;

  Script(Path file) throws IOException {
    this.file = file;
    text = Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  Path file() {
    return file;
  }

  String name() {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - ".sql".length());
  }

  /** The line on which a statement of psql's begins: found by its first line, from where it was. */
  int lineOf(String sql) {
    String first = sql.lines().filter(each -> !each.isBlank()).findFirst().orElse("").strip();
    int found = first.isEmpty() ? -1 : text.indexOf(first, at);
    if (found >= 0) {
      at = found + first.length();
    }
    return 1
        + (int)
            text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count();
  }

  /** Of a text without regard to its white space. */
  static String key(String sql) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(sql.strip().replaceAll("\\s+", " ").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, KEY_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
