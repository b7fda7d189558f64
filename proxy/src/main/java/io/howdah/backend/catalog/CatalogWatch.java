package io.howdah.backend.catalog;

import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.login.Inquiry;
import io.howdah.backend.login.LoginListener;
import io.howdah.backend.login.LoginRequest;
import io.howdah.backend.login.ServerGreeting;
import io.howdah.error.PgError;
import io.howdah.route.function.Catalog;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Topology;
import io.howdah.wire.Protocol;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The catalog of one database on the server, for the sessions of one event loop: read when somebody
 * first asks, again after a while as long as somebody asks, and soon after a change of the catalog
 * was seen. Read over a connection of its own that is closed at once.
 *
 * <p>Thread: that loop.
 */
final class CatalogWatch {
  /** Statements that change the catalog often come in numbers, and are answered before commit. */
  private static final long SETTLING_NANOS = Duration.ofMillis(500).toNanos();

  /** Strings of several statements may change the catalog and mostly don't. */
  private static final long SPACING_NANOS = Duration.ofSeconds(2).toNanos();

  private static final long RETRY_NANOS = Duration.ofSeconds(5).toNanos();
  private static final int MOST_VIEWS = 1000;

  private final Fleet fleet;
  private final EventLoop loop;
  private final Map<List<String>, Catalog.View> views = new HashMap<>();
  private final AtomicInteger routineEpoch;

  /** As it was read last. */
  private Catalog asRead = Catalog.UNKNOWN;

  /** As it counts now. */
  private Catalog catalog = Catalog.UNKNOWN;

  /** Changes of functions up to this one are in {@link #asRead}. */
  private int readEpoch;

  /** Changes of functions up to this one will be in what is being read. */
  private int readingEpoch;

  private CatalogReading.Seen seen = CatalogReading.Seen.NOTHING;
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean asked;
  private boolean reading;

  /** Whether it was read, or could not be. */
  private boolean settled;

  private boolean changedMeanwhile;
  private long readAtNanos;
  private long dueAtNanos;

  /**
   * @param routineEpoch counts the changes of functions that were made through Howdah
   */
  CatalogWatch(Fleet fleet, EventLoop loop, AtomicInteger routineEpoch) {
    this.fleet = fleet;
    this.loop = loop;
    this.routineEpoch = routineEpoch;
    this.readEpoch = routineEpoch.get();
    this.dueAtNanos = fleet.loops().nanoTime();
    this.readAtNanos = dueAtNanos - SPACING_NANOS;
  }

  /** The catalog as it is known now; asking keeps it fresh. */
  Catalog now() {
    asked = true;
    if (routineEpoch.get() != readEpoch && catalog == asRead) {
      use(asRead.doubted());
    }
    return catalog;
  }

  private void use(Catalog counts) {
    if (catalog != counts) {
      catalog = counts;
      views.clear();
    }
  }

  /**
   * The catalog as seen from a search path, the same object for the same path.
   *
   * @param path may be null: not known
   */
  Catalog.View seenFrom(List<String> path) {
    Catalog.View view = views.get(path);
    if (view == null) {
      if (views.size() >= MOST_VIEWS) {
        views.clear();
      }
      view = catalog.seenFrom(path);
      views.put(path, view);
    }
    return view;
  }

  /**
   * Whether what is to be known at first is known: it was read, or could not be, or is not to be.
   */
  boolean isSettled() {
    return settled || fleet.config().routing().catalogRefresh().isZero();
  }

  /**
   * Runs a task once that is so; the catalog is read at once if it can be.
   *
   * @param source where, and as whom
   */
  void whenSettled(CatalogSource source, Runnable task) {
    waiting.add(task);
    asked = true;
    tick(source, fleet.loops().nanoTime());
  }

  /** A statement that may have changed the catalog is done. */
  void changed() {
    changedMeanwhile = true;
    if (!reading) {
      long now = fleet.loops().nanoTime();
      long soon = Math.max(SETTLING_NANOS, readAtNanos + SPACING_NANOS - now);
      dueAtNanos = now + Math.min(dueAtNanos - now, soon);
    }
  }

  /**
   * Reads the catalog if it is time.
   *
   * @param source where, and as whom
   */
  void tick(CatalogSource source, long now) {
    Duration refresh = fleet.config().routing().catalogRefresh();
    if (reading || !asked || refresh.isZero() || now - dueAtNanos < 0) {
      return;
    }
    NodeId node = node(fleet.topology(source.entry().cluster()));
    if (node == null || fleet.holds().isHeld(source.entry().cluster(), source.serverDatabase())) {
      return;
    }
    asked = false;
    reading = true;
    readingEpoch = routineEpoch.get();
    changedMeanwhile = false;
    readAtNanos = now;
    dueAtNanos = now + refresh.toNanos();
    fleet.connector().connect(loop, request(source, node), new Reader());
  }

  /** The primary, which knows of a change first; else any node that is up. */
  private static NodeId node(Topology topology) {
    if (topology == null) {
      return null;
    }
    if (topology.primary() != null) {
      return topology.primary().id();
    }
    return topology.nodes().stream()
        .filter(NodeState::up)
        .map(NodeState::id)
        .findFirst()
        .orElse(null);
  }

  private LoginRequest request(CatalogSource source, NodeId node) {
    return new LoginRequest(
        node,
        source.serverDatabase(),
        source.serverUser(),
        fleet.secretFor(source.entry(), source.serverUser()),
        // The question's functions and operators must be the system's.
        Map.of("application_name", "howdah catalog", "search_path", "pg_catalog"),
        Protocol.VERSION_3_0,
        fleet.config().timeouts().serverConnect(),
        fleet.config().timeouts().serverLogin());
  }

  private void read(CatalogReading.Seen fresh) {
    seen = fresh;
    if (!fresh.catalog().isAs(asRead)) {
      asRead = fresh.catalog();
    }
    readEpoch = readingEpoch;
    use(asRead);
    over(false);
  }

  private void failed(String problem) {
    // What was known stays: a replica refuses what has become a write meanwhile.
    fleet.telemetry().catalogUnread(problem);
    over(true);
  }

  private void over(boolean failed) {
    reading = false;
    long now = fleet.loops().nanoTime();
    if (changedMeanwhile) {
      changed();
    } else if (failed) {
      asked = true;
      dueAtNanos = now + RETRY_NANOS;
    }
    settled = true;
    List<Runnable> tasks = List.copyOf(waiting);
    waiting.clear();
    tasks.forEach(task -> fleet.telemetry().contain("what waited for a catalog", task));
  }

  private final class Reader implements LoginListener {
    @Override
    public void loggedIn(ServerGreeting greeting) {
      new CatalogReading(
              Inquiry.on(greeting.channel(), fleet.telemetry()),
              fleet.config().timeouts().serverOwnWork(),
              greeting.majorVersion(),
              seen,
              CatalogWatch.this::read,
              CatalogWatch.this::failed)
          .begin();
    }

    @Override
    public void failed(PgError error) {
      CatalogWatch.this.failed(
          error.detail() == null ? error.message() : error.message() + ": " + error.detail());
    }
  }
}
