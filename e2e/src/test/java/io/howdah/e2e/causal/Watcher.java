package io.howdah.e2e.causal;

import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Cluster;
import io.howdah.lab.Postgres;
import java.io.EOFException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * A client that watches a row which only grows, and writes nothing: what it reads must never be
 * less than what it has read before.
 */
final class Watcher {
  /** A row that no {@link Rider} has. */
  private static final int ROW = 1000;

  private final Howdah howdah;
  private final Figures figures;
  private final Random random;
  private Wire wire;
  private long seen;
  private String where = "";

  Watcher(Howdah howdah, Figures figures, long seed) {
    this.howdah = howdah;
    this.figures = figures;
    this.random = new Random(seed);
  }

  /** Has the row grow, past Howdah, for as long as it is told to. */
  static void write(Postgres primary, BooleanSupplier goOn)
      throws SQLException, InterruptedException {
    try (Connection direct =
            primary.connect(Servers.DATABASE, Cluster.SUPERUSER, Cluster.SUPERUSER_PASSWORD);
        Statement statement = direct.createStatement()) {
      while (goOn.getAsBoolean()) {
        statement.execute("UPDATE history SET version = version + 1 WHERE id = " + ROW);
        Thread.sleep(1);
      }
    }
  }

  /** Goes on for as long as it is told to. */
  void watch(BooleanSupplier goOn) throws IOException, InterruptedException {
    connect();
    try {
      while (goOn.getAsBoolean()) {
        try {
          look();
          figures.pairs.incrementAndGet();
        } catch (EOFException e) {
          figures.lost.incrementAndGet();
          wire.close();
          connect();
        }
      }
    } finally {
      wire.close();
    }
  }

  private void connect() throws IOException {
    wire = howdah.wire();
    seen = 0;
  }

  private void look() throws IOException, InterruptedException {
    if (random.nextInt(20) == 0) {
      Thread.sleep(random.nextInt(300));
    }
    boolean onPrimary = random.nextInt(50) == 0;
    Read way = Read.values()[random.nextInt(Read.values().length)];
    if (onPrimary) {
      wire.query("BEGIN");
      check(
          "BEGIN",
          wire.query("SELECT version, pg_is_in_recovery() FROM history WHERE id = " + ROW));
      wire.query("COMMIT");
    } else {
      check(way.name(), way.run(wire, ROW));
    }
  }

  private void check(String way, List<Message> replies) {
    for (Message reply : replies) {
      if (reply.type() == 'D') {
        boolean replica = reply.row().get(1).equals("t");
        figures.read(replica);
        long version = Long.parseLong(reply.row().getFirst());
        String here = way + (replica ? " on a replica" : " on the primary");
        if (version < seen) {
          figures.stale("%s read %d, after %d by %s".formatted(here, version, seen, where));
        }
        seen = Math.max(seen, version);
        where = here;
      }
    }
  }
}
