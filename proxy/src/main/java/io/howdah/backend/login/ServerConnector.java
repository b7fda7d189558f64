package io.howdah.backend.login;

import io.howdah.auth.SaltedPasswords;
import io.howdah.backend.transport.Dialer;
import io.howdah.backend.transport.NodeAddresses;
import io.howdah.backend.transport.Transport;
import io.howdah.error.PgError;
import io.howdah.error.Sqlstate;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.NodeId;
import io.howdah.wire.Protocol;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Opens server connections and logs in. Thread-safe; one instance serves every event loop.
 *
 * <p>A server that can negotiate answers a version it does not know with the one it does. One that
 * can't (before PostgreSQL 9.3.20 and 10.1, and some that are no PostgreSQL) refuses; then the
 * login is tried again with 3.0, and so are later ones at that node at once.
 */
public final class ServerConnector {
  private final Dialer dialer;
  private final SaltedPasswords cache;
  private final Executor workers;
  private final Telemetry telemetry;
  private final Set<NodeId> speakOnly30 = ConcurrentHashMap.newKeySet();

  /**
   * @param transport the one that drives the event loops
   * @param workers for what takes milliseconds: PBKDF2
   */
  public ServerConnector(
      Transport transport,
      NodeAddresses addresses,
      Executor workers,
      SaltedPasswords cache,
      Telemetry telemetry) {
    this.dialer = new Dialer(transport, addresses);
    this.workers = workers;
    this.cache = cache;
    this.telemetry = telemetry;
  }

  /**
   * Connects and logs in.
   *
   * @param loop the loop that will own the connection; the listener is called on it, never within
   *     this call
   */
  public void connect(EventLoop loop, LoginRequest request, LoginListener listener) {
    LoginListener told = new Reporter(request, listener);
    if (request.protocolVersion() == Protocol.VERSION_3_0) {
      attempt(loop, request, told);
    } else if (speakOnly30.contains(request.node())) {
      attempt(loop, request.speaking(Protocol.VERSION_3_0), told);
    } else {
      attempt(loop, request, new Fallback(loop, request, told));
    }
  }

  private void attempt(EventLoop loop, LoginRequest request, LoginListener listener) {
    dialer.dial(
        loop,
        request.node(),
        request.connectTimeout(),
        () -> new ServerLogin(request, cache, workers, telemetry, listener),
        listener::failed);
  }

  public Telemetry telemetry() {
    return telemetry;
  }

  Dialer dialer() {
    return dialer;
  }

  /** Tries again with protocol 3.0 where a server refused to speak a newer one. */
  private final class Fallback implements LoginListener {
    private final EventLoop loop;
    private final LoginRequest request;
    private final LoginListener listener;

    Fallback(EventLoop loop, LoginRequest request, LoginListener listener) {
      this.loop = loop;
      this.request = request;
      this.listener = listener;
    }

    @Override
    public void loggedIn(ServerGreeting greeting) {
      listener.loggedIn(greeting);
    }

    @Override
    public void failed(PgError error) {
      if (!isAboutTheVersion(error)) {
        listener.failed(error);
        return;
      }
      attempt(
          loop,
          request.speaking(Protocol.VERSION_3_0),
          new LoginListener() {
            @Override
            public void loggedIn(ServerGreeting greeting) {
              speakOnly30.add(request.node());
              listener.loggedIn(greeting);
            }

            @Override
            public void failed(PgError again) {
              listener.failed(again);
            }
          });
    }

    /** As far as SQLSTATEs tell; if it is about something else, the second answer says so. */
    private static boolean isAboutTheVersion(PgError error) {
      return error instanceof PgError.ServerLoginRefused refused
          && (refused.serverCode().equals(Sqlstate.FEATURE_NOT_SUPPORTED.code())
              || refused.serverCode().equals(Sqlstate.PROTOCOL_VIOLATION.code()));
    }
  }

  /** Tells telemetry what the listener hears. */
  private final class Reporter implements LoginListener {
    private final LoginRequest request;
    private final LoginListener listener;
    private final long began = System.nanoTime();

    Reporter(LoginRequest request, LoginListener listener) {
      this.request = request;
      this.listener = listener;
    }

    @Override
    public void loggedIn(ServerGreeting greeting) {
      telemetry.serverConnected(
          request.node().toString(),
          request.user(),
          request.database(),
          Duration.ofNanos(System.nanoTime() - began));
      listener.loggedIn(greeting);
    }

    @Override
    public void failed(PgError error) {
      String detail = error.detail() == null ? "" : ": " + error.detail();
      telemetry.serverConnectFailed(
          request.node().toString(),
          request.user(),
          request.database(),
          error.messageForLogs() + detail);
      listener.failed(error);
    }
  }
}
