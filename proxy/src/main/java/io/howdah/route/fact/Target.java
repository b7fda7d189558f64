package io.howdah.route.fact;

/** Which sort of node a statement is for. */
public enum Target {
  /** Only the primary. */
  PRIMARY,
  /** A replica if one is fresh enough; the configuration says what then. */
  REPLICA,
  /** A replica that is fresh enough; the primary never stands in. */
  ONLY_REPLICA,
  /**
   * Any node. The primary where there is one, so that a driver that asks SHOW transaction_read_only
   * hears of the node it writes to.
   */
  ANY;

  /**
   * Whether it is for reads: where the session must see its own writes, that has to be looked at.
   */
  public boolean isRead() {
    return this == REPLICA || this == ONLY_REPLICA;
  }
}
