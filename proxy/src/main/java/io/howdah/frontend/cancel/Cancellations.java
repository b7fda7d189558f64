package io.howdah.frontend.cancel;

import io.howdah.backend.login.ServerIdentity;
import io.howdah.frontend.session.Client;
import io.netty.channel.EventLoop;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

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
public final class Cancellations {
  /**
   * How many may be on their way to servers at a time, so that a storm can't exhaust servers. The
   * others stand in line: at most one for each session, and one for each that was abandoned.
   */
  private static final int MOST_AT_ONCE = 64;

  /**
   * Ids begin above the highest that Linux gives a process, so that a client which hands its own to
   * {@code pg_terminate_backend} hits nobody.
   *
   * @see <a href="https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html">proc_sys_kernel(5),
   *     pid_max</a>
   */
  static final int FIRST_PROCESS_ID = (1 << 22) + 1;

  private static final int KEY_BYTES_3_0 = 4;
  private static final int KEY_BYTES_3_2 = 32;

  /**
   * What a client is given at its login.
   *
   * @param processId tells the session; no server process has it; unique while the session lives
   * @param secret 4 bytes for protocol 3.0, 32 for 3.2
   */
  public record Key(int processId, byte[] secret) {}

  private record Entry(Client session, byte[] secret) {}

  private final ConcurrentHashMap<Integer, Entry> sessions = new ConcurrentHashMap<>();
  private final ArrayDeque<Queued> line = new ArrayDeque<>();

  /** Guarded by {@link #line}. */
  private int onTheirWay;

  private final SecureRandom random = new SecureRandom();
  private final Sender sender;

  public Cancellations(Sender sender) {
    this.sender = sender;
  }

  /** Gives a session its key. */
  public Key register(Client session, int protocolMinor) {
    byte[] secret = new byte[protocolMinor >= 2 ? KEY_BYTES_3_2 : KEY_BYTES_3_0];
    random.nextBytes(secret);
    Entry entry = new Entry(session, secret);
    int id;
    do {
      id = processId(random);
    } while (sessions.putIfAbsent(id, entry) != null);
    return new Key(id, secret);
  }

  static int processId(RandomGenerator random) {
    return random.nextInt(FIRST_PROCESS_ID, Integer.MAX_VALUE);
  }

  /** The session has ended: its key fits nobody any more. */
  public void unregister(Key key) {
    sessions.remove(key.processId());
  }

  /**
   * A client asks for a cancel.
   *
   * @param over run once nothing can come of it any more, so that a client which waits for it may
   *     send its next request; within this call or on another loop
   */
  public void cancel(int processId, byte[] secret, Runnable over) {
    Entry entry = sessions.get(processId);
    if (entry == null || !MessageDigest.isEqual(entry.secret(), secret)) {
      over.run();
      return;
    }
    Client session = entry.session();
    try {
      session.channel().eventLoop().execute(() -> session.cancel(over));
    } catch (RejectedExecutionException e) {
      // The session's loop is gone, and the session with it.
      over.run();
    }
  }

  /** Takes cancel requests to servers. */
  @FunctionalInterface
  public interface Sender {
    /**
     * Takes one.
     *
     * @param over told on {@code loop} whether the server has certainly acted, or never will
     */
    void deliver(EventLoop loop, ServerIdentity server, Consumer<Boolean> over);
  }

  /** One cancel request to a server. Thread: the loop of the connection that it is to hit. */
  public interface Request {
    /**
     * A request for a connection that will serve no other session.
     *
     * @param over run once it has arrived
     */
    static Request oneWay(Runnable over) {
      return new Request() {
        @Override
        public boolean begins() {
          return true;
        }

        @Override
        public void arrived(boolean certain) {
          over.run();
        }
      };
    }

    /** Its turn has come: whether what it is meant for runs still. Only then it sets out. */
    boolean begins();

    /**
     * It set out and is over.
     *
     * @param certain whether the server has acted, so that no later request can be hit
     */
    void arrived(boolean certain);
  }

  private record Queued(EventLoop loop, ServerIdentity server, Request request) {}

  /**
   * Asks a server to cancel what a connection runs, as soon as fewer than {@value #MOST_AT_ONCE}
   * requests are on their way. Thread: any.
   *
   * @param loop the connection's; {@code request} is told on it, never within this call
   */
  public void send(EventLoop loop, ServerIdentity server, Request request) {
    Queued queued = new Queued(loop, server, request);
    synchronized (line) {
      if (onTheirWay == MOST_AT_ONCE) {
        line.add(queued);
        return;
      }
      onTheirWay++;
    }
    setOut(queued);
  }

  private void setOut(Queued queued) {
    try {
      queued
          .loop()
          .execute(
              () -> {
                if (queued.request().begins()) {
                  deliver(queued);
                } else {
                  next();
                }
              });
    } catch (RejectedExecutionException e) {
      // The loop is gone, and with it the connection.
      next();
    }
  }

  private void deliver(Queued queued) {
    sender.deliver(
        queued.loop(),
        queued.server(),
        certain -> {
          next();
          queued.request().arrived(certain);
        });
  }

  /** One is over: the first in line may set out. */
  private void next() {
    Queued first;
    synchronized (line) {
      first = line.poll();
      if (first == null) {
        onTheirWay--;
      }
    }
    if (first != null) {
      setOut(first);
    }
  }
}
