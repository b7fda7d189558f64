package io.howdah.backend;

import io.howdah.backend.ReplyLedger.Entry;
import io.howdah.backend.ReplyLedger.Fate;

/**
 * Brings prepared statements to one server connection: sends the Parse and Close messages that a
 * client's own messages need to find there what they name, and keeps account of what the server
 * has.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class ServerStatements {
  private final ServerConnection server;
  private final PreparedStatements prepared;

  /**
   * The number of the batch that is being sent: those between two Syncs succeed or fail together.
   */
  private long batch;

  private int parses;

  ServerStatements(ServerConnection server, int capacity) {
    this.server = server;
    this.prepared = new PreparedStatements(capacity);
  }

  /** A Sync was sent. */
  void batchEnded() {
    batch++;
  }

  /** Notes that the server has none of Howdah's statements any more. */
  void clear() {
    prepared.clear();
  }

  /** Statements held under names of Howdah's, for the console. */
  public int count() {
    return prepared.size();
  }

  /** Whether the server has a statement of this name, as far as Howdah knows. */
  public boolean holds(String name) {
    return prepared.holds(name);
  }

  /** Parse messages of Howdah's since the last call, for the counters. */
  public int takeParses() {
    int n = parses;
    parses = 0;
    return n;
  }

  /**
   * Sends a Parse of {@code statement} under Howdah's own name unless the server has it; the client
   * does not see it.
   */
  public void ensure(Statement statement) {
    switch (prepared.presence(statement, batch)) {
      case PRESENT -> {}
      case DOUBTFUL -> {
        sendClose(statement, false);
        parse(statement, Fate.SWALLOW, null);
      }
      case ABSENT -> parse(statement, Fate.SWALLOW, null);
    }
  }

  /**
   * Answers the client's Parse of {@code statement} under a name: by the server where it lacks the
   * statement, else in its place.
   *
   * @param note learns how it ended
   */
  public void parseForClient(Statement statement, ReplyLedger.Note note) {
    switch (prepared.presence(statement, batch)) {
      case PRESENT -> {
        server.ledger().expect(Entry.PARSE, Fate.MADE_UP, note);
        server.sayMadeUp();
      }
      case DOUBTFUL -> {
        sendClose(statement, false);
        parse(statement, Fate.FORWARD, note);
      }
      case ABSENT -> parse(statement, Fate.FORWARD, note);
    }
  }

  /** Whether the server's unnamed statement is this one. */
  public boolean hasUnnamed(Statement statement) {
    return prepared.holdsUnnamed(statement, batch);
  }

  /**
   * Sends a Parse of the unnamed statement unless the server's is this one; the client does not see
   * it.
   */
  public void ensureUnnamed(Statement statement) {
    if (!prepared.holdsUnnamed(statement, batch)) {
      server.ledger().expect(Entry.PARSE, Fate.SWALLOW, unnamedSent(statement));
      server.write(ServerMessages.parseUnnamed(server.channel().alloc(), statement));
    }
  }

  /**
   * Notes that the client's own Parse of the unnamed statement is being written.
   *
   * @param statement null when it was too long to be known
   */
  public void expectUnnamedParse(Statement statement) {
    if (statement == null) {
      prepared.forgetUnnamed();
      server.ledger().expect(Entry.PARSE, Fate.FORWARD, null);
    } else {
      server.ledger().expect(Entry.PARSE, Fate.FORWARD, unnamedSent(statement));
    }
  }

  /**
   * Notes that the server's unnamed statement goes away or becomes another: a simple query does
   * that.
   */
  public void forgetUnnamed() {
    prepared.forgetUnnamed();
  }

  private ReplyLedger.Note unnamedSent(Statement statement) {
    prepared.sentUnnamed(statement, batch);
    return new ReplyLedger.Note() {
      @Override
      public void done() {
        prepared.confirmedUnnamed(statement);
      }

      @Override
      public void failed() {
        prepared.forgetUnnamed();
      }
    };
  }

  private void parse(Statement statement, Fate fate, ReplyLedger.Note clientNote) {
    Statement oldest = prepared.evict();
    if (oldest != null) {
      sendClose(oldest, true);
    }
    parses++;
    prepared.sent(statement, batch);
    server
        .ledger()
        .expect(
            Entry.PARSE,
            fate,
            new ReplyLedger.Note() {
              @Override
              public void done() {
                prepared.confirmed(statement);
                if (clientNote != null) {
                  clientNote.done();
                }
              }

              @Override
              public void failed() {
                prepared.failed(statement);
                if (clientNote != null) {
                  clientNote.failed();
                }
              }
            });
    server.write(ServerMessages.parse(server.channel().alloc(), statement));
  }

  private void sendClose(Statement statement, boolean restoreOnFailure) {
    server
        .ledger()
        .expect(
            Entry.CLOSE,
            Fate.SWALLOW,
            new ReplyLedger.Note() {
              @Override
              public void done() {
                if (!restoreOnFailure) {
                  prepared.closed(statement);
                }
              }

              @Override
              public void failed() {
                if (restoreOnFailure) {
                  prepared.restore(statement);
                }
              }
            });
    server.write(ServerMessages.closeStatement(server.channel().alloc(), statement));
  }
}
