package io.howdah.backend.catalog;

import io.howdah.backend.fleet.Fleet;
import io.howdah.route.function.Catalog;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * What one event loop knows of the schemas of databases on servers, each from when its first client
 * comes.
 *
 * <p>Thread: that loop.
 */
public final class Schemas {
  private final Fleet fleet;
  private final EventLoop loop;
  private final IntFunction<Schemas> ofLoop;
  private final Map<Schema.Key, Schema> known = new HashMap<>();

  /**
   * @param ofLoop what the loop of a number knows; every loop's, once it is asked
   */
  public Schemas(Fleet fleet, EventLoop loop, IntFunction<Schemas> ofLoop) {
    this.fleet = fleet;
    this.loop = loop;
    this.ofLoop = ofLoop;
  }

  public Schema of(String cluster, String serverDatabase) {
    return known.computeIfAbsent(
        new Schema.Key(cluster, serverDatabase), k -> new Schema(fleet, loop, this, k));
  }

  /** The functions that users made in a database, as far as this loop knows them. */
  public Catalog catalog(String cluster, String serverDatabase) {
    Schema schema = known.get(new Schema.Key(cluster, serverDatabase));
    return schema == null ? Catalog.UNKNOWN : schema.catalog();
  }

  /** Those functions as seen from a search path. */
  public Catalog.View functionsSeenFrom(
      String cluster, String serverDatabase, List<String> searchPath) {
    Schema schema = known.get(new Schema.Key(cluster, serverDatabase));
    return schema == null
        ? Catalog.UNKNOWN.seenFrom(searchPath)
        : schema.functionsSeenFrom(searchPath);
  }

  /** Has every loop read a database's catalog again soon. */
  public void changed(Schema.Key key) {
    for (int i = 0; i < fleet.loops().count(); i++) {
      Schemas there = ofLoop.apply(i);
      fleet.loops().post(i, () -> there.outdated(key));
    }
  }

  private void outdated(Schema.Key key) {
    Schema schema = known.get(key);
    if (schema != null) {
      schema.outdated();
    }
  }

  /** Forgets all but these. */
  public void retain(Set<Schema.Key> needed) {
    known.keySet().retainAll(needed);
  }
}
