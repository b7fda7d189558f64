package io.howdah.backend.fleet;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether the server sessions of a database are to forget their sequence values before another
 * client writes there: then currval and lastval can be answered, and surely not with another
 * client's value. It costs one more statement at each such change of hands, so a database in which
 * nobody asked for so long is spared it; whoever asks first after that gets PostgreSQL's answer of
 * a new session (55000), and from then on it is done again.
 *
 * <p>Thread: any.
 */
public final class SequenceInterest {
  /** Changes of hands without a question after which none is expected. */
  static final int PATIENCE = 10_000;

  private final AtomicInteger unasked = new AtomicInteger();

  /** Somebody uses currval or lastval. */
  public void asked() {
    unasked.setPlain(Integer.MIN_VALUE);
  }

  /** Whether a server session must forget before another client writes. */
  public boolean isExpected() {
    return unasked.getPlain() < PATIENCE;
  }

  /** A server session was made to forget ahead of another client's write. */
  public void changedHands() {
    if (unasked.getPlain() >= 0) {
      unasked.incrementAndGet();
    }
  }
}
