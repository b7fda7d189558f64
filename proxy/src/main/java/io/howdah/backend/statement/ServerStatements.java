package io.howdah.backend.statement;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import java.util.function.Supplier;

/**
 * Brings prepared statements to one server connection: sends the Parse and Close messages that a
 * client's own messages need to find there what they name, and keeps account of what the server
 * has.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class ServerStatements {
  private static final byte[] UNNAMED = {0};

  private final ServerStream server;
  private final PreparedStatements prepared;
  private final ServerNames names;

  /**
   * The number of the batch that is being sent: those between two Syncs succeed or fail together.
   */
  private long batch;

  private int parses;

  /**
   * @param reads how the server reads texts now
   */
  public ServerStatements(ServerStream server, int capacity, Supplier<Writing> reads) {
    this.server = server;
    this.prepared = new PreparedStatements(capacity);
    this.names = new ServerNames(server, this, capacity, reads);
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
   * Whether a message may use the statement as it is here: the server has it, and where clients
   * were told its types it is known to have those.
   *
   * @param named under Howdah's own name, else as the unnamed one
   */
  public boolean isReady(Statement statement, boolean named) {
    boolean compared = statement.mustBeCompared();
    if (!named) {
      return prepared.isUnnamedReady(statement.key(), batch, compared);
    }
    return prepared.isReady(statement.key(), batch, compared)
        && (!statement.namesOthers() || prepared.isOf(statement.key(), batch));
  }

  /**
   * Has the server get a statement that is not {@linkplain #isReady ready}; the client does not see
   * it. Parameters have the types that clients were told. Where rows may be of another type, the
   * server is asked.
   *
   * @param surprise learns if they are, before any message that follows is answered
   * @return whether the answer must be awaited before the statement is used
   */
  public boolean ensure(Statement statement, boolean named, ShapeQuestion.Surprise surprise) {
    boolean was = named ? presence(statement) == Presence.PRESENT : hasUnnamed(statement);
    if (!was && !(named ? prepareNamed(statement) : prepareUnnamed(statement))) {
      return false;
    }
    if (!was && !statement.hasRows()) {
      prepared.compared(statement.key(), named);
      return false;
    }
    if (!statement.mustBeCompared() || server.ledger().isSkipping()) {
      return false;
    }
    if (!prepared.asking(statement.key(), named)) {
      ask(statement, named, surprise);
    }
    return true;
  }

  /** Whether it is there then. */
  private boolean prepareNamed(Statement statement) {
    if (presence(statement) == Presence.DOUBTFUL) {
      if (server.ledger().hasSurelyFailed() && !statement.namesOthers()) {
        // It would be closed and not prepared anew: what may be there is left there.
        return false;
      }
      sendClose(statement.key());
    }
    parse(statement, Fate.SWALLOW, null);
    return true;
  }

  /** The client was told what its unnamed statement is: another than was thought. */
  public void replaceUnnamed(Statement before, Statement now) {
    prepared.replaceUnnamed(before.key(), now.key());
  }

  private boolean prepareUnnamed(Statement statement) {
    names.sendAsMeant(
        statement.writing(),
        () -> {
          server.ledger().expect(Entry.PARSE, Fate.SWALLOW, unnamedSent(statement.key(), null));
          server.write(NameMessages.parseUnnamed(server.alloc(), statement));
        });
    return true;
  }

  /** Asks the server what a statement that it has is; the client does not see it. */
  public void ask(Statement statement, boolean named, ShapeQuestion.Surprise surprise) {
    byte[] name = named ? statement.serverName() : UNNAMED;
    server
        .ledger()
        .expect(
            Entry.DESCRIBE_STATEMENT,
            Fate.SWALLOW,
            new ShapeQuestion(prepared, statement, named, surprise));
    server.write(NameMessages.describe(server.alloc(), name));
  }

  /** The note of the client's own Describe of a statement. */
  public ReplyLedger.Note describing(
      Statement statement, boolean named, ShapeQuestion.Surprise surprise) {
    return statement.isOutdated() || !statement.hasLastingShape()
        ? statement
        : new ShapeQuestion(prepared, statement, named, surprise);
  }

  /**
   * Answers the client's Parse of {@code statement} under a name: by the server where it lacks the
   * statement, else in its place.
   *
   * @param note learns how it ended
   * @param fresh whether the client can't use it by another name, as what it was before
   * @param surprise learns if the server takes the text for something else than others did; null
   *     where nobody has to know now
   */
  public void parseForClient(
      Statement statement, ReplyLedger.Note note, boolean fresh, ShapeQuestion.Surprise surprise) {
    Presence presence = presence(statement);
    if (presence == Presence.PRESENT && server.ledger().mayHaveFailed()) {
      // In a failed transaction the server refuses most: it must say so itself.
      presence = Presence.DOUBTFUL;
    }
    if (presence == Presence.PRESENT) {
      server.ledger().expect(Entry.PARSE, Fate.MADE_UP, note);
      server.sayMadeUp();
      return;
    }
    if (presence == Presence.DOUBTFUL) {
      sendClose(statement.key());
    }
    parse(statement, Fate.FORWARD, note);
    if (fresh) {
      prepared.isFresh(statement.key());
    }
    if (surprise != null && statement.mustBeCompared()) {
      prepared.asking(statement.key(), true);
      ask(statement, true, surprise);
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
    return new PassedNote(clientNote) {
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
    return new PassedNote(clientNote) {
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

  private void parse(Statement statement, Fate fate, ReplyLedger.Note clientNote) {
    names.sendAsMeant(statement.writing(), () -> parseAsRead(statement, fate, clientNote));
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
            new PassedNote(clientNote) {
              @Override
              void mine(boolean done) {
                if (done) {
                  prepared.confirmed(key);
                } else {
                  prepared.failed(key);
                }
              }
            });
    server.write(
        fate == Fate.FORWARD
            ? NameMessages.parseAsSaid(server.alloc(), statement)
            : NameMessages.parse(server.alloc(), statement));
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
}
