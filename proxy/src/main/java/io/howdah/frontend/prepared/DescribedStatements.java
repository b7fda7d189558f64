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

  /**
   * Whether a Bind would give the client rows of another type than it was told: some server found
   * the statement out of date, and the client neither prepared it anew since nor asks for its type
   * again.
   *
   * @param from where the message behind the Bind begins
   * @param end the end of what has been read
   */
  public boolean misleads(Statement statement, boolean named, ByteBuf in, long from, int end) {
    return statement.isOutdated() && (!named || contains(statement)) && !isDescribed(in, from, end);
  }

  /** Whether a Describe comes before the Sync. */
  private static boolean isDescribed(ByteBuf in, long from, int end) {
    long at = from;
    while (at + Protocol.HEADER_BYTES <= end) {
      byte type = in.getByte((int) at);
      if (type == FrontendType.DESCRIBE || type == FrontendType.SYNC) {
        return type == FrontendType.DESCRIBE;
      }
      at += 1L + Math.max(4, in.getInt((int) at + 1));
    }
    return false;
  }
}
