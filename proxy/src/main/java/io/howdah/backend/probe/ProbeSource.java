package io.howdah.backend.probe;

import io.howdah.backend.login.ServerConnector;
import io.howdah.config.ClusterConfig;
import io.howdah.topology.NodeId;
import io.howdah.topology.Observation;
import io.howdah.topology.Topology;
import io.howdah.topology.TopologySource;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A cluster's topology by asking its nodes over SQL. All of a cluster's probes live on one event
 * loop, so what they see reaches the rules in one order.
 */
public final class ProbeSource implements TopologySource {
  private final ServerConnector connector;
  private final EventLoop loop;
  private final ClusterConfig config;
  private final Predicate<String> isHeld;
  private final Function<Observation, Topology> view;
  private final Object listening = new Object();
  private List<NodeProbe> probes = List.of();
  private Consumer<Topology> listener;
  private boolean closed;

  /**
   * @param loop the loop of all probes, and of the calls to {@code view}
   * @param isHeld whether Howdah keeps out of a database of the cluster for now
   * @param view takes an observation and returns the new topology, or null when nothing changed
   */
  public ProbeSource(
      ServerConnector connector,
      EventLoop loop,
      ClusterConfig config,
      Predicate<String> isHeld,
      Function<Observation, Topology> view) {
    this.connector = connector;
    this.loop = loop;
    this.config = config;
    this.isHeld = isHeld;
    this.view = view;
  }

  @Override
  public void start(Consumer<Topology> toTell) {
    loop.execute(
        () -> {
          synchronized (listening) {
            if (closed) {
              return;
            }
            listener = toTell;
          }
          probes = config.hosts().stream().map(h -> probe(h.host(), h.port())).toList();
          probes.forEach(NodeProbe::start);
        });
  }

  private NodeProbe probe(String host, int port) {
    NodeId node = new NodeId(config.name(), host, port);
    return new NodeProbe(connector, loop, node, config.probe(), isHeld, this::observed);
  }

  /** Asks every node now: something hints at a change. Thread: any. */
  public void probeNow() {
    forEach(NodeProbe::probeNow);
  }

  /** Howdah begins to keep out of a database, or does no more. Thread: any. */
  public void holdsChanged() {
    forEach(NodeProbe::holdsChanged);
  }

  private void observed(Observation observation) {
    Topology changed = view.apply(observation);
    if (changed == null) {
      return;
    }
    synchronized (listening) {
      if (!closed) {
        listener.accept(changed);
      }
    }
  }

  /** Waits for a call of the listener that is under way, unless called from within it. */
  @Override
  public void close() {
    synchronized (listening) {
      closed = true;
    }
    forEach(NodeProbe::stop);
  }

  private void forEach(Consumer<NodeProbe> step) {
    try {
      loop.execute(() -> probes.forEach(step));
    } catch (RejectedExecutionException e) {
      // The loop has ended, and with it the probes' connections.
    }
  }
}
