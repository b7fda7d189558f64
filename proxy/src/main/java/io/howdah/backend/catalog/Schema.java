package io.howdah.backend.catalog;

import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.fleet.SequenceInterest;
import io.howdah.route.function.Catalog;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one event loop knows of the schema of one database on the server, whoever its users: the
 * functions that users made, whether the schema has changed, and whether sequences are asked for
 * their values.
 *
 * <p>Thread: that loop.
 */
public final class Schema {
  /** The database that it is about. */
  public record Key(String cluster, String serverDatabase) {}

  private final Schemas schemas;
  private final Key key;
  private final CatalogWatch catalog;
  private final AtomicInteger epoch;
  private final AtomicInteger routineEpoch;
  private final SequenceInterest sequenceInterest;

  Schema(Fleet fleet, EventLoop loop, Schemas schemas, Key key) {
    this.schemas = schemas;
    this.key = key;
    this.routineEpoch = fleet.routineEpoch(key.cluster(), key.serverDatabase());
    this.catalog = new CatalogWatch(fleet, loop, routineEpoch);
    this.epoch = fleet.schemaEpoch(key.cluster(), key.serverDatabase());
    this.sequenceInterest = fleet.sequenceInterest(key.cluster(), key.serverDatabase());
  }

  public Key key() {
    return key;
  }

  /** The functions that users made in the database, as far as they are known. */
  public Catalog catalog() {
    return catalog.now();
  }

  /** Those functions as seen from a search path, which may be null: not known. */
  public Catalog.View functionsSeenFrom(List<String> searchPath) {
    return catalog.seenFrom(searchPath);
  }

  /**
   * Differs before and after every change of the schema that was made through Howdah, as soon as
   * whoever made it may know that it is done.
   */
  public int epoch() {
    return epoch.get();
  }

  /**
   * A transaction that may have changed the schema is done. To be called before anybody is told so.
   *
   * @param routines whether it may have changed functions or triggers, as far as that is told
   */
  public void changed(boolean routines) {
    if (routines) {
      routineEpoch.incrementAndGet();
    }
    epoch.incrementAndGet();
    schemas.changed(key);
  }

  /** The catalog is to be read again soon. */
  void outdated() {
    catalog.changed();
  }

  /** Whether currval and lastval are used in the database. */
  public SequenceInterest sequenceInterest() {
    return sequenceInterest;
  }

  /** Whether the catalog was read, or could not be, or is not to be. */
  public boolean isSettled() {
    return catalog.isSettled();
  }

  /**
   * Runs a task once that is so.
   *
   * @param source where the catalog is read, and as whom
   */
  public void whenSettled(CatalogSource source, Runnable task) {
    catalog.whenSettled(source, task);
  }

  /**
   * Reads the catalog if it is time.
   *
   * @param source where, and as whom
   */
  public void tick(CatalogSource source, long now) {
    catalog.tick(source, now);
  }
}
