package io.howdah.topology;

/**
 * Where the primary's WAL stood at one moment, and which commits were certainly before it.
 *
 * @param covers all commits that Howdah has numbered up to this one were acknowledged before the
 *     primary was asked
 * @param flushed a point behind those of them that were flushed before they were acknowledged
 * @param inserted a point behind all of them
 * @param asynchronous whether commits may be acknowledged before they are flushed, though nobody
 *     asked for that in a session (a default of the server, a database or a role)
 */
public record CommitPoint(long covers, WalToken flushed, WalToken inserted, boolean asynchronous) {

  /**
   * The point to wait for.
   *
   * @param unflushed whether a commit may not have been flushed when it was acknowledged
   */
  public WalToken token(boolean unflushed) {
    return unflushed || asynchronous ? inserted : flushed;
  }
}
