package io.howdah.backend.connection;

/**
 * For how long a server has owed an answer and said nothing, to the tenth of a second in which it
 * is looked at: no clock is read when something comes.
 *
 * <p>Thread: the event loop of the connection.
 */
final class Silence {
  private boolean heard = true;
  private long sinceNanos;

  /** The server said something. */
  void heard() {
    heard = true;
  }

  /**
   * Some time has passed.
   *
   * @param owed whether the server owes something that Howdah is ready to read
   */
  void tick(long nowNanos, boolean owed) {
    if (heard || !owed) {
      heard = !owed;
      sinceNanos = nowNanos;
    }
  }

  /** Since it was last found to be so. */
  long nanos(long nowNanos) {
    return heard ? 0 : nowNanos - sinceNanos;
  }
}
