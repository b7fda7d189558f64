package io.howdah.frontend.prepared;

import io.howdah.backend.statement.Statement;
import io.howdah.wire.FrontendType;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Of which statements a client ever asked for the result type: one that is made anew behind its
 * back may return rows of another type than it was told.
 *
 * <p>Thread: the session's event loop.
 */
public final class DescribedStatements {
  /** With more than this every statement counts as described. */
  private static final int MOST = 1024;

  private Set<Statement> statements = Set.of();

  public void add(Statement statement) {
    if (statements.size() < MOST) {
      if (statements.isEmpty()) {
        statements = Collections.newSetFromMap(new IdentityHashMap<>(4));
      }
      statements.add(statement);
    }
  }

  public boolean contains(Statement statement) {
    return statements.size() >= MOST || statements.contains(statement);
  }

  /** What the client knows of one it knows of the other. */
  public void copy(Statement from, Statement to) {
    if (statements.contains(from)) {
      add(to);
    }
  }

  /**
   * Whether a Bind of a statement that is out of date would give the client rows of another type
   * than it believes in: it was told the type, or shows that it knows it, and it does not ask for
   * the type again.
   *
   * @param knows whether the Bind shows that
   * @param from where the message behind the Bind begins
   * @param end the end of what has been read
   */
  public boolean misleads(Statement statement, boolean knows, ByteBuf in, long from, int end) {
    return (knows || contains(statement)) && !isDescribed(in, from, end);
  }

  /** Whether a Describe comes before the Sync. */
  private static boolean isDescribed(ByteBuf in, long from, int end) {
    return describe(in, from, end) >= 0;
  }

  /** The same of a portal, and none of a statement before that. */
  public static boolean isPortalDescribed(ByteBuf in, long from, int end) {
    int at = describe(in, from, end);
    int kind = at + Protocol.HEADER_BYTES;
    return at >= 0 && kind < end && in.getByte(kind) == 'P';
  }

  /** Where the next Describe is before the Sync, as far as has been read; -1 for none. */
  private static int describe(ByteBuf in, long from, int end) {
    long at = from;
    while (at + Protocol.HEADER_BYTES <= end) {
      byte type = in.getByte((int) at);
      if (type == FrontendType.DESCRIBE || type == FrontendType.SYNC) {
        return type == FrontendType.DESCRIBE ? (int) at : -1;
      }
      at += 1L + Math.max(4, in.getInt((int) at + 1));
    }
    return -1;
  }
}
