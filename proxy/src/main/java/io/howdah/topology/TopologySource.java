package io.howdah.topology;

import java.util.function.Consumer;

/**
 * Says what a cluster looks like, again and again: SQL probes, Patroni, Kubernetes.
 *
 * <p>Thread: {@code listener} may be called from any thread, never from two at once for one
 * cluster.
 */
public interface TopologySource extends AutoCloseable {
  /** Begins; {@code listener} gets a {@link Topology} whenever anything in it changed. */
  void start(Consumer<Topology> listener);

  /** Stops; no call of the listener begins after this returns. */
  @Override
  void close();
}
