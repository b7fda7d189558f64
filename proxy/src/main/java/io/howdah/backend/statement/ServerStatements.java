package io.howdah.backend.statement;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.backend.statement.PreparedStatements.Presence;
import java.util.function.Supplier;

/**
 * Brings prepared statements to one server connection: sends the Parse and Close messages that a
 * client's own messages need to find there what they name, and keeps account of what the server
 * has.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class ServerStatements {
  private final ServerStream server;
  private final PreparedStatements prepared;
  private final ServerNames names;
  private final Supplier<Writing> reads;

  /**
   * The number of the batch that is being sent: those between two Syncs succeed or fail together.
   */
  private long batch;

  private int parses;

  /**
   * @param reads how the server reads texts now
   */
  public ServerStatements(ServerStream server, int capacity, Supplier<Writing> reads) {
    this.reads = reads;
    this.server = server;
    this.prepared = new PreparedStatements(capacity);
    this.names = new ServerNames(server, this, capacity);
  }

  /** The number of the batch that is being sent: a Sync ends one. */
  public long batch() {
    return batch;
  }

  /** A Sync was sent. */
  public void batchEnded() {
    batch++;
  }

  /** Notes that the server has no prepared statements any more, but for the unnamed one. */
  public void clear() {
    prepared.clear();
    names.clear();
  }

  /** Nobody can tell whether the server still has what it had: each is prepared anew before use. */
  public void doubtAll() {
    prepared.doubtAll();
    names.doubtAll();
  }

  /** What the server holds under names of its clients. */
  public ServerNames names() {
    return names;
  }

  /** Statements held under names of Howdah's, for the console. */
  public int count() {
    return prepared.size();
  }

  /** Whether the server may have a statement of this name, as far as Howdah knows. */
  public boolean holds(String name) {
    return prepared.holds(name) || names.has(name);
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
    switch (presence(statement)) {
      case PRESENT -> {}
      case DOUBTFUL -> {
        // Where it would be closed and not prepared anew, what may be there is left there.
        if (!server.ledger().hasSurelyFailed() || statement.namesOthers()) {
          sendClose(statement.key());
          parse(statement, Fate.SWALLOW, null);
        }
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
    Presence presence = presence(statement);
    if (presence == Presence.PRESENT && server.ledger().mayHaveFailed()) {
      // In a failed transaction the server refuses most: it must say so itself.
      presence = Presence.DOUBTFUL;
    }
    switch (presence) {
      case PRESENT -> {
        server.ledger().expect(Entry.PARSE, Fate.MADE_UP, note);
        server.sayMadeUp();
      }
      case DOUBTFUL -> {
        sendClose(statement.key());
        parse(statement, Fate.FORWARD, note);
      }
      case ABSENT -> parse(statement, Fate.FORWARD, note);
    }
  }

  private Presence presence(Statement statement) {
    Presence presence = prepared.presence(statement.key(), batch);
    if (presence == Presence.PRESENT
        && statement.namesOthers()
        && !prepared.isOf(statement.key(), batch)) {
      // Prepared while its name may have stood for something else: another session's rows.
      return Presence.DOUBTFUL;
    }
    return presence;
  }

  /** Whether the server's unnamed statement is this one. */
  public boolean hasUnnamed(Statement statement) {
    return prepared.holdsUnnamed(statement.key(), batch);
  }

  /**
   * Sends a Parse of the unnamed statement unless the server's is this one; the client does not see
   * it.
   */
  public void ensureUnnamed(Statement statement) {
    if (!prepared.holdsUnnamed(statement.key(), batch)) {
      sendAsMeant(
          statement.writing(),
          () -> {
            server.ledger().expect(Entry.PARSE, Fate.SWALLOW, unnamedSent(statement.key(), null));
            server.write(NameMessages.parseUnnamed(server.alloc(), statement));
          });
    }
  }

  /**
   * Notes that the client's own Parse of the unnamed statement is being written.
   *
   * @param statement null when it was too long to be known
   * @param note learns how it ended
   */
  public void expectUnnamedParse(Statement statement, ReplyLedger.Note note) {
    Statement.Key key = statement == null ? null : statement.key();
    server.ledger().expect(Entry.PARSE, Fate.FORWARD, unnamedSent(key, note));
  }

  /** Notes that the client's own Close of the unnamed statement is being written. */
  public void expectUnnamedClose(ReplyLedger.Note note) {
    server.ledger().expect(Entry.CLOSE, Fate.FORWARD, unnamedDropped(note));
  }

  /** Whether what is sent now may find an unnamed statement, the client's or another's. */
  public boolean mayHaveUnnamed() {
    return prepared.mayHaveUnnamed(batch);
  }

  /** Sends a Close of the unnamed statement; the client does not see it. */
  public void dropUnnamed() {
    server.ledger().expect(Entry.CLOSE, Fate.SWALLOW, unnamedDropped(null));
    server.write(NameMessages.close(server.alloc(), ""));
  }

  private ReplyLedger.Note unnamedDropped(ReplyLedger.Note clientNote) {
    long change = prepared.droppingUnnamed(batch);
    return new Passed(clientNote) {
      @Override
      void mine(boolean done) {
        if (done) {
          prepared.droppedUnnamed(change);
        }
      }
    };
  }

  /**
   * Notes that the server's unnamed statement goes away: a simple query does that.
   *
   * @param certainly whether it does; else an error may yet void what does it
   */
  public void forgetUnnamed(boolean certainly) {
    prepared.forgetUnnamed(certainly);
  }

  /**
   * Notes that the server refuses to use its plan of a statement any more, as its result type
   * changed; whoever needs the statement next has it closed and prepared anew.
   */
  public void outdated(Statement statement) {
    prepared.outdated(statement.key());
  }

  private ReplyLedger.Note unnamedSent(Statement.Key statement, ReplyLedger.Note clientNote) {
    prepared.sentUnnamed(statement, batch);
    return new Passed(clientNote) {
      @Override
      void mine(boolean done) {
        if (done) {
          prepared.confirmedUnnamed(statement);
        } else {
          prepared.forgetUnnamed(false);
        }
      }
    };
  }

  /** Sends a text so that the server reads it as it was meant, and as before what comes behind. */
  void sendAsMeant(Writing meant, Runnable text) {
    if (meant == null || server.ledger().hasSurelyFailed()) {
      text.run();
      return;
    }
    Writing now = reads.get();
    meant.from(now).forEach(sql -> names.run(sql, null));
    text.run();
    now.from(meant).forEach(sql -> names.run(sql, null));
  }

  private void parse(Statement statement, Fate fate, ReplyLedger.Note clientNote) {
    sendAsMeant(statement.writing(), () -> parseAsRead(statement, fate, clientNote));
  }

  private void parseAsRead(Statement statement, Fate fate, ReplyLedger.Note clientNote) {
    prepared.tooMany().forEach(this::sendClose);
    parses++;
    Statement.Key key = statement.key();
    prepared.sent(key, batch);
    server
        .ledger()
        .expect(
            Entry.PARSE,
            fate,
            new Passed(clientNote) {
              @Override
              void mine(boolean done) {
                if (done) {
                  prepared.confirmed(key);
                } else {
                  prepared.failed(key);
                }
              }
            });
    server.write(NameMessages.parse(server.alloc(), statement));
  }

  private void sendClose(Statement.Key statement) {
    prepared.closing(statement, batch);
    server
        .ledger()
        .expect(
            Entry.CLOSE,
            Fate.SWALLOW,
            new ReplyLedger.Note() {
              @Override
              public void done() {
                prepared.closed(statement);
              }

              @Override
              public void failed() {
                prepared.failed(statement);
              }
            });
    server.write(NameMessages.closeStatement(server.alloc(), statement.name()));
  }

  /** Tells this account how a message ended, and then the client's. */
  private abstract static class Passed implements ReplyLedger.Note {
    private final ReplyLedger.Note next;

    Passed(ReplyLedger.Note next) {
      this.next = next;
    }

    abstract void mine(boolean done);

    @Override
    public void done() {
      mine(true);
      if (next != null) {
        next.done();
      }
    }

    @Override
    public void failed() {
      mine(false);
      if (next != null) {
        next.failed();
      }
    }

    @Override
    public void voided() {
      mine(false);
      if (next != null) {
        next.voided();
      }
    }
  }
}
