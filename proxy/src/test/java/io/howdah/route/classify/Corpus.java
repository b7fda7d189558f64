package io.howdah.route.classify;

import io.howdah.route.fact.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The statements of {@code corpus/*.txt} with what the classifier should say of them. */
final class Corpus {
  private Corpus() {}

  record Row(Reason reason, String culprit, String sql) {
    @Override
    public String toString() {
      return reason + " " + culprit + ": " + sql;
    }
  }

  /** All of one file: a line {@code = REASON culprit} is for the statements below it. */
  static List<Row> read(String name) throws IOException {
    List<Row> rows = new ArrayList<>();
    Reason reason = null;
    String culprit = null;
    for (String line : text("corpus/" + name + ".txt").lines().toList()) {
      if (line.startsWith("= ")) {
        String[] words = line.split(" ", 3);
        reason = Reason.valueOf(words[1]);
        culprit = words[2].equals("-") ? null : words[2];
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        rows.add(new Row(reason, culprit, line.replace("\\n", "\n").replace("\\r", "\r")));
      }
    }
    return rows;
  }

  /** All of all files. */
  static List<Row> written() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String name : List.of("commands", "later", "nasty", "orms")) {
      rows.addAll(read(name));
    }
    return rows;
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = Corpus.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
