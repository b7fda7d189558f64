package io.howdah.app;

import io.howdah.Host;
import io.howdah.Proxy;
import io.howdah.ProxyStatus;
import io.howdah.admin.Snapshot;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.ProxyConfig;
import io.howdah.observe.Figures;
import io.howdah.telemetry.Telemetry;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** The seam to the data plane: nothing else in the application names {@link Proxy}. */
final class LiveProxy implements AutoCloseable {
  private final Proxy proxy;

  private LiveProxy(Proxy proxy) {
    this.proxy = proxy;
  }

  static LiveProxy start(ProxyConfig config, Telemetry telemetry, Host host) {
    return new LiveProxy(Proxy.start(config, telemetry, host));
  }

  Map<Purpose, InetSocketAddress> addresses() {
    return proxy.addresses();
  }

  CompletionStage<ProxyStatus> status() {
    return proxy.status();
  }

  CompletionStage<Figures> figures() {
    return proxy.snapshot().thenApply(LiveProxy::figures);
  }

  CompletionStage<Void> reload(ProxyConfig config) {
    return proxy.reload(config);
  }

  CompletionStage<Void> drain() {
    return proxy.drain();
  }

  CompletionStage<Void> releaseServers() {
    return proxy.releaseServers();
  }

  CompletionStage<Void> awaitClients() {
    return proxy.awaitClients();
  }

  @Override
  public void close() {
    proxy.close();
  }

  private static Figures figures(Snapshot snapshot) {
    return new Figures(
        snapshot.clients().size(),
        snapshot.pools().stream().map(LiveProxy::pool).toList(),
        snapshot.nodes().stream().map(LiveProxy::node).toList(),
        listening(snapshot.listeners()),
        snapshot.clients().stream()
            .map(Snapshot.Client::pinKind)
            .filter(Objects::nonNull)
            .collect(Collectors.groupingBy(kind -> kind, Collectors.counting())),
        snapshot.waits(),
        snapshot.routes().stream().map(LiveProxy::route).toList());
  }

  private static Figures.Listening listening(List<Snapshot.Listener> all) {
    return new Figures.Listening(
        (int) all.stream().filter(l -> l.node() != null).count(),
        all.stream().mapToInt(Snapshot.Listener::subscriptions).sum(),
        all.stream().mapToLong(Snapshot.Listener::received).sum(),
        all.stream().mapToLong(Snapshot.Listener::delivered).sum());
  }

  private static Figures.Route route(Snapshot.Route r) {
    return new Figures.Route(
        new Figures.RouteKey(r.kind(), r.reason()), r.onPrimary(), r.onReplica(), r.wouldReplica());
  }

  private static Figures.Pool pool(Snapshot.Pool p) {
    return new Figures.Pool(
        new Figures.PoolKey(p.database(), p.user(), p.node(), p.role()),
        p.serversActive(),
        p.serversIdle(),
        p.clientsWaiting(),
        p.maxWaitMicros(),
        p.refusal() != null,
        p.totals());
  }

  private static Figures.Node node(Snapshot.Node n) {
    return new Figures.Node(n.cluster(), n.node(), n.role(), n.up(), n.lagBytes());
  }
}
