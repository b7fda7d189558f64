package io.howdah.backend.listen;

import io.howdah.backend.fleet.Fleet;
import io.howdah.topology.Topology;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The shared listening connections of all databases, each made when somebody first listens there.
 *
 * <p>Thread: any.
 */
public final class ListenHubs {
  private record Key(String cluster, String database) {}

  private final Fleet fleet;
  private final Map<Key, ListenHub> hubs = new ConcurrentHashMap<>();

  public ListenHubs(Fleet fleet) {
    this.fleet = fleet;
  }

  /**
   * The hub of one database of one cluster.
   *
   * @param loop where it lives, if it is made now
   */
  public ListenHub hub(String cluster, String database, EventLoop loop) {
    return hubs.computeIfAbsent(
        new Key(cluster, database), _ -> new ListenHub(fleet, cluster, database, loop));
  }

  /** A cluster changed: they listen at its primary. */
  public void topologyChanged(Topology now) {
    hubs.values().forEach(hub -> hub.topologyChanged(now));
  }

  /** Closes the connection to a database where nobody listens at present. */
  public void closeIdle(String cluster, String database) {
    ListenHub hub = hubs.get(new Key(cluster, database));
    if (hub != null) {
      hub.closeUnused();
    }
  }

  /** Closes all of them for good. */
  public void closeAll() {
    hubs.values().forEach(ListenHub::close);
  }

  /** How they stand. */
  public List<ListenFigures> figures() {
    return hubs.values().stream().map(ListenHub::figures).toList();
  }
}
