package io.howdah.e2e.causal;

import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * A client that has a row to itself: it writes a version and reads it back, again and again. What
 * it reads must be what it wrote last, or its write was not seen.
 */
final class Rider {
  private static final int MOST_READS = 3;

  private final Howdah howdah;
  private final int row;
  private final boolean readsElsewhere;
  private final Figures figures;
  private final Random random;
  private Wire writer;
  private Wire reader;
  private long version;
  private Write written;

  /**
   * @param readsElsewhere whether it reads in another session than it writes in
   */
  Rider(Howdah howdah, int row, boolean readsElsewhere, Figures figures, long seed) {
    this.howdah = howdah;
    this.row = row;
    this.readsElsewhere = readsElsewhere;
    this.figures = figures;
    this.random = new Random(seed);
  }

  /** Goes on for as long as it is told to. */
  void ride(BooleanSupplier goOn) throws IOException {
    connect();
    try {
      while (goOn.getAsBoolean()) {
        try {
          write();
          readBack();
          figures.pairs.incrementAndGet();
        } catch (EOFException e) {
          figures.lost.incrementAndGet();
          close();
          connect();
        }
      }
    } finally {
      close();
    }
  }

  private void connect() throws IOException {
    writer = howdah.wire();
    reader = readsElsewhere ? howdah.wire() : writer;
  }

  private void close() throws IOException {
    writer.close();
    reader.close();
  }

  private void write() throws IOException {
    version++;
    Write way = any(Write.values());
    written = way;
    List<Message> replies = way.run(writer, row, version);
    if (failed(replies)) {
      if (lastWords(replies)) {
        throw new EOFException("the server ended the session");
      }
      throw new AssertionError(way + " failed: " + replies);
    }
  }

  private void readBack() throws IOException {
    int reads = 1 + random.nextInt(MOST_READS);
    for (int i = 0; i < reads; i++) {
      Read way = any(Read.values());
      long begin = System.nanoTime();
      List<Message> replies = way.run(reader, row);
      if (i == 0) {
        figures.firstRead(System.nanoTime() - begin);
      }
      if (failed(replies)) {
        // As when its replica was killed in the midst of a transaction.
        figures.lost.incrementAndGet();
      } else {
        check(way, replies);
      }
    }
  }

  private void check(Read way, List<Message> replies) {
    for (Message reply : replies) {
      if (reply.type() == 'D') {
        boolean replica = reply.row().get(1).equals("t");
        figures.read(replica);
        long read = Long.parseLong(reply.row().getFirst());
        if (read != version) {
          figures.stale(
              "%s read %d after %d was written by %s, row %d, on the %s"
                  .formatted(way, read, version, written, row, replica ? "replica" : "primary"));
        }
      }
    }
  }

  private static boolean failed(List<Message> replies) {
    return replies.stream().anyMatch(each -> each.type() == 'E');
  }

  /** What a killed replica says to whoever it served last. */
  private static boolean lastWords(List<Message> replies) {
    return replies.stream().anyMatch(each -> each.type() == 'E' && each.field('S').equals("FATAL"));
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
