package io.howdah.lab;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the ends of log files. */
final class Logs {
  private static final int MOST_BYTES = 64 * 1024;

  private Logs() {}

  /** The length of {@code log} in bytes, 0 where there is none. */
  static long size(Path log) {
    try {
      return Files.exists(log) ? Files.size(log) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** At most the last {@code lines} lines, with the log's name above them. */
  static String tail(Path log, int lines) {
    return log + " ends with:\n" + since(log, 0, lines);
  }

  /** At most the last {@code lines} lines of what follows byte {@code position}. */
  static String since(Path log, long position, int lines) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = Math.max(position, file.length() - MOST_BYTES);
      file.seek(from);
      byte[] bytes = new byte[(int) Math.max(0, file.length() - from)];
      file.readFully(bytes);
      List<String> all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      return "(nothing: " + e.getMessage() + ")";
    }
  }
}
