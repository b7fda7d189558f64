package io.howdah.frontend.retry;

import io.howdah.backend.statement.Statement;
import io.howdah.frontend.prepared.DescribedStatements;
import io.netty.buffer.ByteBuf;

/**
 * Which statements' row types the client was told, and which it learns from the request that may
 * have to run again.
 *
 * <p>Thread: the session's event loop.
 */
public final class ToldTypes {
  private final DescribedStatements described = new DescribedStatements();

  /** The request that the message at hand belongs to, if that may have to run again; else null. */
  private RetainedRequest request;

  ToldTypes() {}

  /** Messages belong to this request from now on. */
  void begin(RetainedRequest retained) {
    request = retained;
  }

  /** They belong to none. */
  void end() {
    request = null;
  }

  /** The message at hand prepares a statement. */
  public void prepares(Statement statement) {
    if (request != null) {
      request.tells(statement);
    }
  }

  /** The message at hand binds the unnamed statement. */
  public void bindsUnnamed(Statement statement) {
    if (request != null) {
      request.usesUnnamed(statement);
    }
  }

  /** The message at hand asks for the result type of a statement, or of a portal of it. */
  public void describes(Statement statement, boolean named) {
    if (statement == null) {
      return;
    }
    prepares(statement);
    if (named) {
      described.add(statement);
    }
  }

  /** Whether the Bind that ends at {@code from} has to be refused ({@link DescribedStatements}). */
  public boolean misleads(Statement statement, boolean knows, ByteBuf in, long from, int end) {
    return described.misleads(statement, knows, in, from, end);
  }

  /** The client's statement turned out to be another of the same text. */
  public void replaced(Statement before, Statement now) {
    described.copy(before, now);
  }

  /** Whether the client learns a statement's row type from this request, if it ever does. */
  boolean areUntold(RetainedRequest by, Statement statement) {
    return by.isUnawareOf(statement, described.contains(statement));
  }
}
