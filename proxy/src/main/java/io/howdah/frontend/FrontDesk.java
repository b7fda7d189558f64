package io.howdah.frontend;

import io.howdah.admin.Console;
import io.howdah.auth.MockSalts;
import io.howdah.backend.fleet.Fleet;
import io.howdah.frontend.cancel.Cancellations;
import io.howdah.frontend.startup.ClientCounts;
import java.security.SecureRandom;
import java.time.Duration;
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
  private final AtomicLong preparedBytes = new AtomicLong();
  private final MockSalts mockSalts;
  private final long seed;
  private final Cancellations cancels;
  private final Console console;

  /**
   * @param random where keys, salts and seeds come from, which nobody may guess
   */
  public FrontDesk(Fleet fleet, Console console, SecureRandom random) {
    this(console, sender(fleet), random);
  }

  FrontDesk(Console console, Cancellations.Sender sender, SecureRandom random) {
    this.mockSalts = new MockSalts(random);
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

  ClientCounts clients() {
    return clients;
  }

  /** Makes the hashes of what clients send differ between processes. */
  long seed() {
    return seed;
  }

  MockSalts mockSalts() {
    return mockSalts;
  }

  Cancellations cancels() {
    return cancels;
  }

  Console console() {
    return console;
  }
}
