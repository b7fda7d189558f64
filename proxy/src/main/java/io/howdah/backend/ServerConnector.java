package io.howdah.backend;

import io.howdah.auth.SaltedPasswords;
import io.howdah.error.PgError;
import io.howdah.telemetry.Telemetry;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.Executor;

/** Opens server connections and logs in. Thread-safe; one instance serves every event loop. */
public final class ServerConnector {
  private final Dialer dialer;
  private final SaltedPasswords cache;
  private final Executor workers;
  private final Telemetry telemetry;

  /**
   * @param transport the one that drives the event loops
   * @param workers for what takes milliseconds or blocks: PBKDF2 and name resolution
   */
  public ServerConnector(
      Transport transport, Executor workers, SaltedPasswords cache, Telemetry telemetry) {
    this.dialer = new Dialer(transport, workers);
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
    dialer.dial(
        loop,
        request.node(),
        request.connectTimeout(),
        () -> new ServerLogin(request, cache, workers, telemetry, told),
        told::failed);
  }

  Dialer dialer() {
    return dialer;
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
          request.node().toString(), request.user(), request.database(), error.message() + detail);
      listener.failed(error);
    }
  }
}
