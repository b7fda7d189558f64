package io.howdah.frontend;

import io.howdah.backend.Fleet;
import io.howdah.backend.ServerConnection;
import io.howdah.backend.ServerIdentity;
import io.howdah.telemetry.Telemetry;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Cancel keys of all sessions, and the cancel requests on their way to servers. A request reaches
 * its session on the session's own loop, which alone knows what runs; keys that fit nobody are
 * dropped without a word, as PostgreSQL does.
 *
 * <p>Thread: any, but where a method says otherwise.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html">PostgreSQL, section
 *     54.2.8</a>
 */
final class Cancels {
  /**
   * How many may be on their way to servers at a time; more are dropped, so that a storm can't
   * exhaust servers.
   */
  private static final int MOST_AT_ONCE = 64;

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int KEY_BYTES_3_0 = 4;
  private static final int KEY_BYTES_3_2 = 32;

  /**
   * What a client is given at its login.
   *
   * @param processId tells the session; positive, unique while the session lives
   * @param secret 4 bytes for protocol 3.0, 32 for 3.2
   */
  record Key(int processId, byte[] secret) {}

  private record Entry(ClientSession session, byte[] secret) {}

  private final ConcurrentHashMap<Integer, Entry> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger onTheirWay = new AtomicInteger();
  private final SecureRandom random = new SecureRandom();
  private final Fleet fleet;
  private final Telemetry telemetry;

  Cancels(Fleet fleet, Telemetry telemetry) {
    this.fleet = fleet;
    this.telemetry = telemetry;
  }

  /** Gives a session its key. */
  Key register(ClientSession session, int protocolMinor) {
    byte[] secret = new byte[protocolMinor >= 2 ? KEY_BYTES_3_2 : KEY_BYTES_3_0];
    random.nextBytes(secret);
    Entry entry = new Entry(session, secret);
    int id;
    do {
      id = random.nextInt() & Integer.MAX_VALUE;
    } while (id == 0 || sessions.putIfAbsent(id, entry) != null);
    Key key = new Key(id, secret);
    session.cancelKey(key);
    return key;
  }

  /** The session has ended: its key fits nobody any more. */
  void unregister(Key key) {
    sessions.remove(key.processId());
  }

  /** A client asks for a cancel. */
  void cancel(int processId, byte[] secret) {
    Entry entry = sessions.get(processId);
    if (entry != null && MessageDigest.isEqual(entry.secret(), secret)) {
      ClientSession session = entry.session();
      session.channel().eventLoop().execute(() -> session.phase().cancel());
    }
  }

  /**
   * Asks a server to cancel what a connection runs. Thread: the connection's loop.
   *
   * @param after called on that loop once the server has acted, or can't any more
   */
  void send(ServerConnection connection, Runnable after) {
    if (onTheirWay.incrementAndGet() > MOST_AT_ONCE) {
      onTheirWay.decrementAndGet();
      telemetry.fault(
          "cancel", new IllegalStateException("more than " + MOST_AT_ONCE + " at a time; dropped"));
      connection.channel().eventLoop().execute(after);
      return;
    }
    ServerIdentity server = connection.identity();
    fleet
        .canceller()
        .cancel(
            connection.channel().eventLoop(),
            server.node(),
            server.processId(),
            server.secretKey(),
            TIMEOUT,
            _ -> {
              onTheirWay.decrementAndGet();
              after.run();
            });
  }
}
