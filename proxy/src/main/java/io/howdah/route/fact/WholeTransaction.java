package io.howdah.route.fact;

/**
 * Follows statements that a client sends at once, from outside a transaction, and tells whether a
 * replica can serve all of them though they hold transaction control: each transaction among them
 * is READ ONLY by its own words, or is seen from its BEGIN to its end and only reads.
 *
 * <p>Where a transaction does not say READ ONLY, none of its statements may leave anything behind
 * in the session: should a replica refuse one that writes in spite of its text, all of it can be
 * run again on the primary.
 *
 * <p>Thread: one at a time.
 */
public final class WholeTransaction {
  private enum Stage {
    OUTSIDE,
    /** In a transaction that may write. */
    PLAIN,
    READ_ONLY,
    /** The primary must serve it. */
    LOST
  }

  private Stage stage = Stage.OUTSIDE;
  private boolean any;

  /** Begins outside a transaction. */
  public void begin() {
    stage = Stage.OUTSIDE;
    any = false;
  }

  /**
   * The next statement.
   *
   * @param lasting whether it leaves anything behind in the session
   */
  public void next(Reason reason, boolean lasting) {
    stage =
        switch (stage) {
          case OUTSIDE -> outside(reason);
          case PLAIN -> lasting ? Stage.LOST : within(reason);
          case READ_ONLY -> within(reason);
          case LOST -> Stage.LOST;
        };
  }

  /** The next statement begins a transaction that is READ ONLY for reasons of its session's. */
  public void beginsReadOnly() {
    any = true;
    stage = stage == Stage.OUTSIDE ? Stage.READ_ONLY : Stage.LOST;
  }

  /** What comes next can't be told. */
  public void lose() {
    stage = Stage.LOST;
  }

  private Stage outside(Reason reason) {
    return switch (reason) {
      case BEGIN_DEFAULT, BEGIN_AT_LEVEL -> {
        any = true;
        yield Stage.PLAIN;
      }
      case BEGIN_READ_ONLY, BEGIN_READ_ONLY_AT_LEVEL -> {
        any = true;
        yield Stage.READ_ONLY;
      }
      default ->
          switch (reason.kind()) {
            case READ, SESSION, EMPTY -> Stage.OUTSIDE;
            default -> Stage.LOST;
          };
    };
  }

  private Stage within(Reason reason) {
    return switch (reason) {
      case TRANSACTION_END -> Stage.OUTSIDE;
      // The next transaction has the modes of this one.
      case TRANSACTION_CHAIN, SAVEPOINT -> stage;
      case SET_TRANSACTION_READ_ONLY -> Stage.READ_ONLY;
      default ->
          switch (reason.kind()) {
            case READ, SESSION, EMPTY -> stage;
            default -> Stage.LOST;
          };
    };
  }

  /** Whether all of it was for a replica, and every transaction in it has ended. */
  public boolean isOver() {
    return any && stage == Stage.OUTSIDE;
  }

  /** Whether all of it was for a replica, and it ends within a transaction that is READ ONLY. */
  public boolean isReadOnly() {
    return stage == Stage.READ_ONLY;
  }
}
