package io.howdah.frontend.prepared;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.statement.Statement;

/**
 * What the unnamed prepared statement of one client session is, as PostgreSQL has it: a Parse does
 * away with the last one before it is looked at, so that one that fails leaves none; a simple query
 * leaves none either; what an error voided changes nothing.
 *
 * <p>Thread: the session's event loop.
 */
public final class UnnamedStatement {
  /** Only longer ones count as held by the client: they are what takes memory. */
  public static final int COUNTED_BYTES = 4096;

  private final PreparedNames.Uses uses;
  private Statement counted;

  /** As it will be once all that was sent is done. */
  private Statement current;

  /** As it is by what the server has answered. */
  private Statement confirmed;

  private long changes;

  /** The last of the changes that were answered, and the batch of the last that was sent. */
  private long answered;

  private long batch;

  public UnnamedStatement(PreparedNames.Uses uses) {
    this.uses = uses;
  }

  /** The statement; null when there is none, or none that Howdah knows. */
  public Statement get() {
    return current;
  }

  /**
   * Whether it can't be told yet what it is: an earlier batch than this one changed it last, and is
   * not answered.
   */
  public boolean isUnsettled(long now) {
    return answered != changes && batch != now;
  }

  /** A simple query is being sent: whatever was before it, there will be none. */
  public void gone() {
    if (current != null || confirmed != null || answered != changes) {
      answered = ++changes;
      current = null;
      confirmed = null;
      count(null);
    }
  }

  /** It is again what it was before all that was sent since, and that is answered or lost. */
  public void restore(Statement statement) {
    answered = ++changes;
    current = statement;
    confirmed = statement;
    count(statement);
  }

  /** It is something else than was thought, if it still is that. */
  public void replace(Statement before, Statement now) {
    if (confirmed == before) {
      confirmed = now;
    }
    if (current == before) {
      current = now;
      count(now);
    }
  }

  private void count(Statement statement) {
    Statement now = statement != null && statement.bytes() > COUNTED_BYTES ? statement : null;
    if (now != counted) {
      if (now != null) {
        uses.begun(now);
      }
      if (counted != null) {
        uses.ended(counted);
      }
      counted = now;
    }
  }

  /** The bytes that it counts for. */
  public long bytes() {
    return counted == null ? 0 : counted.bytes();
  }

  /**
   * A Parse or Close of it is being sent. The note learns how that ended.
   *
   * @param statement null for none, or none that Howdah knows
   * @param sentIn the number of the batch that is being sent
   */
  public ReplyLedger.Note becomes(Statement statement, long sentIn) {
    current = statement;
    count(statement);
    long mine = ++changes;
    batch = sentIn;
    return new ReplyLedger.Note() {
      @Override
      public void done() {
        ended(statement);
      }

      @Override
      public void failed() {
        ended(null);
      }

      @Override
      public void voided() {
        ended(confirmed);
      }

      private void ended(Statement now) {
        if (mine <= answered) {
          // A simple query that was sent behind it has settled what there is.
          return;
        }
        answered = mine;
        confirmed = now;
        if (mine == changes) {
          current = now;
        }
      }
    };
  }
}
