package io.howdah.frontend;

import io.howdah.admin.Console;
import io.howdah.auth.Salts;
import io.howdah.backend.fleet.Fleet;
import io.howdah.frontend.cancel.Cancellations;
import io.howdah.frontend.startup.ClientCounts;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the client side of all event loops has in common.
 *
 * <p>Thread: any.
 */
public final class FrontDesk {
  private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(5);

  private final AtomicLong sessionIds = new AtomicLong();
  private final ClientCounts clients = new ClientCounts();
  private final AtomicInteger strangers = new AtomicInteger();
  private final AtomicLong preparedBytes = new AtomicLong();
  private final AtomicLong settingsBytes = new AtomicLong();
  private final Salts salts;
  private final long seed;
  private final Cancellations cancels;
  private final Console console;

  /**
   * @param random where keys and seeds come from, which nobody may guess
   */
  public FrontDesk(Fleet fleet, Console console, Salts salts, SecureRandom random) {
    this(console, sender(fleet), salts, random);
  }

  FrontDesk(Console console, Cancellations.Sender sender, Salts salts, SecureRandom random) {
    this.salts = salts;
    this.seed = random.nextLong();
    this.cancels = new Cancellations(sender);
    this.console = console;
  }

  private static Cancellations.Sender sender(Fleet fleet) {
    return (loop, server, over) ->
        fleet
            .canceller()
            .cancel(
                loop,
                server.node(),
                server.processId(),
                server.secretKey(),
                CANCEL_TIMEOUT,
                failure -> over.accept(failure.isEmpty()));
  }

  long nextSessionId() {
    return sessionIds.incrementAndGet();
  }

  /** Clients of a database that are in, or at their login. */
  public int clientCount(String database) {
    return clients.of(database);
  }

  /** Clients that are in. */
  public int clientCount() {
    return clients.all();
  }

  /** What the prepared statements of all clients take, in bytes, about. */
  AtomicLong preparedBytes() {
    return preparedBytes;
  }

  /** What the settings of all clients take, in bytes, about. */
  AtomicLong settingsBytes() {
    return settingsBytes;
  }

  /** How many connections have not proven who they are. */
  AtomicInteger strangers() {
    return strangers;
  }

  ClientCounts clients() {
    return clients;
  }

  /** Makes the hashes of what clients send differ between processes. */
  long seed() {
    return seed;
  }

  Salts salts() {
    return salts;
  }

  Cancellations cancels() {
    return cancels;
  }

  Console console() {
    return console;
  }
}
