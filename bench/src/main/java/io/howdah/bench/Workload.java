package io.howdah.bench;

import java.util.List;
import java.util.Locale;

/** What pgbench's clients do. */
enum Workload {
  /** One SELECT by primary key, a transaction of its own. */
  SELECT("select-only", List.of("-S"), 1),
  /** Nine of these to one short transaction that updates a row and inserts another. */
  READ_HEAVY(
      "90 % select-only, 10 % simple-update",
      List.of("-b", "select-only@9", "-b", "simple-update@1"), 2);

  private final String text;
  private final List<String> flags;
  private final int replicas;

  Workload(String text, List<String> flags, int replicas) {
    this.text = text;
    this.flags = flags;
    this.replicas = replicas;
  }

  /** For people. */
  String text() {
    return text;
  }

  /** How pgbench is told. */
  List<String> flags() {
    return flags;
  }

  /** How many replicas the cluster needs to show something. */
  int replicas() {
    return replicas;
  }

  /**
   * By its name in options.
   *
   * @throws IllegalArgumentException telling the names that there are
   */
  static Workload of(String name) {
    for (Workload each : values()) {
      if (each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(name)) {
        return each;
      }
    }
    throw new IllegalArgumentException("--workload is select or read-heavy, not " + name);
  }
}
