package io.howdah.route.fact;

/** What a statement (or a string of statements) may do, as far as its text tells. */
public enum Kind {
  /** Nothing but comments, white space and semicolons. */
  EMPTY,
  /** Reads only; a replica can serve it. */
  READ,
  /** Writes, locks, or must run on the primary for another reason. */
  WRITE,
  /** Can't be told: treated as {@link #WRITE}. */
  UNKNOWN,
  /** BEGIN or START TRANSACTION without READ ONLY, or with something that a replica refuses. */
  BEGIN,
  /** BEGIN or START TRANSACTION with READ ONLY (and nothing that a replica refuses). */
  BEGIN_READ_ONLY,
  /**
   * COMMIT, END, ROLLBACK, ABORT, PREPARE TRANSACTION, SAVEPOINT, RELEASE, SET TRANSACTION …:
   * belongs to an open transaction.
   */
  TRANSACTION_CONTROL,
  /** SET, RESET, SHOW, DISCARD, DEALLOCATE …: about the session, can run anywhere. */
  SESSION
}
