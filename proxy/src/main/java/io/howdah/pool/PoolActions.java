package io.howdah.pool;

/**
 * What a pool asks its surroundings to do.
 *
 * <p>Thread: the pool's loop. Each may answer at once, from within the call.
 */
public interface PoolActions<C> {
  /**
   * Begin to open a connection that carries this slot; later {@link Pool#opened} or {@link
   * Pool#openFailed}, once.
   */
  void open(PoolSlot slot);

  /** Close this connection; {@link Pool#discard} once it is closed. */
  void close(C connection, String reason);

  /**
   * Move this connection to another loop; then, there, {@link Pool#adopted} of that loop's pool. If
   * it can't be moved or dies on the way, close it and call {@link Pool#moveFailed} of either pool
   * on that pool's own loop.
   */
  void move(C connection, int loop);

  /** One of these calls, or a {@link Waiter}'s, threw this; the others ran all the same. */
  void fault(Throwable cause);
}
