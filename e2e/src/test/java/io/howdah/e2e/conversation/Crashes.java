package io.howdah.e2e.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Servers;
import io.howdah.lab.LabException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A few conversations crash PostgreSQL 18 itself, and then all of its clients lose their
 * connections, in whatever room. So each conversation that was under way is held once more, alone;
 * the one that crashes the server then is not held at all. Thread: any.
 */
final class Crashes {
  /** More of them would be news. */
  private static final int MOST_PERCENT = 1;

  /** Within so long a crash has reached every connection. */
  private static final long SOON_NANOS = 3_000_000_000L;

  private final ReadWriteLock rooms = new ReentrantReadWriteLock(true);
  private final AtomicInteger guilty = new AtomicInteger();

  /** To be held by each room in which something is said. */
  Lock together() {
    return rooms.readLock();
  }

  /** To be held by one that is to be alone. */
  Lock alone() {
    return rooms.writeLock();
  }

  /** This seed crashes the server. */
  void found(long seed) {
    guilty.incrementAndGet();
    System.out.println("seed " + seed + " crashes PostgreSQL, and is left out");
  }

  /** Fails if too many were left out of so many. */
  void check(long conversations) {
    if (guilty.get() > 1 + conversations * MOST_PERCENT / 100) {
      throw new AssertionError(guilty + " of " + conversations + " crash PostgreSQL");
    }
  }

  /** Whether a connection was lost, as all are at a crash. */
  static boolean isLost(Db db) {
    try {
      db.value("SELECT 1");
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }

  /** The same, when something else looks as if the server had crashed: that comes bit by bit. */
  static boolean isBeingLost(Db db) {
    long end = System.nanoTime() + SOON_NANOS;
    while (!isLost(db)) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(10_000_000);
    }
    return true;
  }

  /** Another connection, once the server takes any that last. */
  static Db again(Room room, Servers servers) {
    Db[] db = new Db[1];
    Await.until(
        () -> room.superuser(servers),
        found -> {
          db[0] = found;
          try {
            servers.awaitReplay();
          } catch (LabException e) {
            // The crash was only about to be noticed.
            throw new AssertionError(e);
          }
          assertThat(isLost(found)).as("lost again").isFalse();
        });
    return db[0];
  }
}
