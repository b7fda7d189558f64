package io.howdah.backend.connection;

/**
 * Whose calls of nextval a server session may remember, which is what currval and lastval answer
 * from: no catalog shows it, and one client must not be told another's value.
 *
 * <p>Thread: the event loop of the connection.
 *
 * @see <a href="https://www.postgresql.org/docs/18/functions-sequence.html">PostgreSQL, section
 *     9.17</a>
 */
public final class SequenceMemory {
  private static final long NOBODY = 0;
  private static final long SEVERAL = -1;

  /** A client session's number, or one of the above. */
  private long whose = NOBODY;

  /** A client session is sending what may call nextval. */
  public void usedBy(long session) {
    if (whose != session) {
      whose = whose == NOBODY ? session : SEVERAL;
    }
  }

  /** Whether all that it remembers is surely this session's. */
  public boolean isOf(long session) {
    return whose == session;
  }

  /** Whether it may remember calls of any but this session. */
  public boolean mayBeOfAnother(long session) {
    return whose != NOBODY && whose != session;
  }

  /** It remembers nothing any more. */
  public void forgotten() {
    whose = NOBODY;
  }

  /** Nobody can tell any more. */
  void doubted() {
    whose = SEVERAL;
  }
}
