package io.howdah.admin;

import java.util.concurrent.CompletionStage;

/**
 * The proxy as the console sees it. Each stage completes when the thing is done, or fails with
 * {@link Refused}.
 *
 * <p>A {@code database} is the name that clients give, or null for all; one that no entry of the
 * configuration covers is refused with SQLSTATE 3D000.
 *
 * <p>Thread: called on the event loop of the console's session; stages may complete on any thread.
 */
public interface Control {
  /** How a shutdown treats who is still there. */
  enum Shutdown {
    /** It does not wait. */
    IMMEDIATE,
    /** Every session ends where its transaction ends; it waits for all. */
    WAIT_FOR_SERVERS,
    /** It waits until all clients have left. */
    WAIT_FOR_CLIENTS
  }

  /** Everything that can be shown, taken now. */
  CompletionStage<Snapshot> snapshot();

  /** Where a statement would go, and why. */
  CompletionStage<RouteExplanation> explain(RouteExplanation.Question question);

  /** Closes server connections as they come free and keeps clients waiting; done once all are. */
  CompletionStage<Void> pause(String database);

  /** Ends a pause or a kill. */
  CompletionStage<Void> resume(String database);

  /** Has each server connection closed when it is next free. Does not wait for it. */
  CompletionStage<Void> reconnect(String database);

  /** Drops all clients and server connections at once and keeps new clients waiting. */
  CompletionStage<Void> kill(String database);

  /** Drops one client, by the id of SHOW CLIENTS. */
  CompletionStage<Void> killClient(long id);

  /** Reads the configuration again. */
  CompletionStage<Void> reload();

  /** Stops the process; done as soon as that has begun. */
  CompletionStage<Void> shutdown(Shutdown how);
}
