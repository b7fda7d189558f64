package io.howdah;

import io.howdah.admin.Snapshot;
import io.howdah.config.ProxyConfig;
import io.howdah.telemetry.Telemetry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

// Placeholder: replaced by the data plane's own.
public final class Proxy implements AutoCloseable {
  private final ServerSocket socket;
  private volatile ProxyConfig config;
  private volatile boolean accepting = true;

  private Proxy(ProxyConfig config, ServerSocket socket) {
    this.config = config;
    this.socket = socket;
  }

  public static Proxy start(ProxyConfig config, Telemetry telemetry) {
    var address = config.listener().address();
    try {
      ServerSocket socket = new ServerSocket();
      socket.bind(new InetSocketAddress(address.host(), address.port()));
      telemetry.nodeChanged("main", "localhost:5432", "primary", true, "");
      return new Proxy(config, socket);
    } catch (IOException e) {
      throw new ProxyStartFailed("Can't listen on " + address + ": " + e.getMessage(), e);
    }
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  public CompletionStage<ProxyStatus> status() {
    return CompletableFuture.completedFuture(
        new ProxyStatus(
            accepting,
            config.clusters().keySet().stream()
                .map(name -> new ClusterStatus(name, false, 1, "placeholder"))
                .toList()));
  }

  public CompletionStage<Snapshot> snapshot() {
    return CompletableFuture.completedFuture(new Snapshot(0, 0, List.of(), List.of()));
  }

  public CompletionStage<Void> reload(ProxyConfig next) {
    config = next;
    return CompletableFuture.completedFuture(null);
  }

  public CompletionStage<Void> drain() {
    accepting = false;
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, 2, java.util.concurrent.TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
