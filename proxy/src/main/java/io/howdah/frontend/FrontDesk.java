package io.howdah.frontend;

import io.howdah.admin.Console;
import io.howdah.auth.MockSalts;
import io.howdah.backend.Fleet;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the client side of all event loops has in common.
 *
 * <p>Thread: any.
 */
public final class FrontDesk {
  private final AtomicLong sessionIds = new AtomicLong();
  private final ClientCounts clients = new ClientCounts();
  private final AtomicLong preparedBytes = new AtomicLong();
  private final MockSalts mockSalts = new MockSalts(new SecureRandom());
  private final Cancels cancels;
  private final Console console;

  public FrontDesk(Fleet fleet, Console console) {
    this.cancels = new Cancels(fleet, fleet.telemetry());
    this.console = console;
  }

  long nextSessionId() {
    return sessionIds.incrementAndGet();
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

  MockSalts mockSalts() {
    return mockSalts;
  }

  Cancels cancels() {
    return cancels;
  }

  Console console() {
    return console;
  }
}
