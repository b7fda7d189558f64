package io.howdah.frontend.listen;

import io.howdah.backend.listen.Subscription;
import io.howdah.error.PgError;

/**
 * One channel that a session listens to, or is about to.
 *
 * <p>Thread: the session's event loop.
 */
final class ListenedChannel {
  final Subscription subscription;

  /** The shared connection listens: nothing is missed from then on. */
  boolean confirmed;

  /** It never will. */
  PgError refused;

  /** A LISTEN of the session's own has been committed. */
  boolean live;

  /** So many requests are yet to be answered until its newest LISTEN is decided. */
  int awaited;

  ListenedChannel(Subscription subscription) {
    this.subscription = subscription;
  }
}
