package io.howdah.pool;

/**
 * One pool on one loop at one moment, for the console. Figures of several loops add up, but for
 * {@code open}, {@code size} and {@code reserve}, which are those of the whole process already.
 *
 * @param idle connections ready to be used
 * @param active connections with a client
 * @param opening connections being opened
 * @param closing connections being closed
 * @param waiting clients in the queue
 * @param oldestWaitMicros how long the oldest of them has waited, 0 for none
 * @param open connections of the whole process
 * @param size the limit of the whole process
 * @param reserve what may be opened beyond it
 * @param mode whether the pool serves
 * @param lastFailure why the last attempt to open a connection failed, or null after a success
 * @param refusal why the node opens no connections to any loop, or null
 */
public record PoolSnapshot(
    PoolKey key,
    int loop,
    int idle,
    int active,
    int opening,
    int closing,
    int waiting,
    long oldestWaitMicros,
    int open,
    int size,
    int reserve,
    Budget.Mode mode,
    String lastFailure,
    String refusal) {

  /** Whether it is paused. */
  public boolean paused() {
    return mode == Budget.Mode.PAUSED;
  }
}
