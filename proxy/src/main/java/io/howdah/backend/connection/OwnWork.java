package io.howdah.backend.connection;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.backend.settings.AsciiText;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.backend.statement.NameMessages;
import io.howdah.error.PgError;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrontendMessages;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;

/**
 * What Howdah itself has one server connection do, unseen by clients: one {@link Chore} at a time.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class OwnWork {
  /**
   * A standby refuses to run queries of a serializable transaction, and the session there may have
   * that as its default.
   */
  private static final String LEVEL_OF_STANDBYS = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;";

  private static final String QUERY = "SELECT ";

  private final ServerConnection connection;
  private final ReplyReader replies;
  private Chore chore;

  /** The first word of it. */
  private String what;

  /** It was seen under way by a tick, first at {@link #seenAtNanos}. */
  private boolean seen;

  private long seenAtNanos;

  /** The chore at hand changes settings, and keeps account of them itself. */
  private boolean changingSettings;

  /** What the server said against the chore at hand, or null. */
  private PgError error;

  OwnWork(ServerConnection connection, ReplyReader replies) {
    this.connection = connection;
    this.replies = replies;
  }

  /** Whether something of it is not over. */
  boolean isUnderWay() {
    return chore != null;
  }

  /** Runs SQL on a connection that owes nothing. */
  public void run(String sql, Chore work) {
    ReplyLedger ledger = connection.ledger();
    if (!ledger.isEmpty() || ledger.isBatchOpen() || chore != null) {
      // Whoever runs something may count on it that a failure ends the connection.
      connection.destroy("a request of Howdah's own came while another was under way");
    }
    if (connection.isClosing()) {
      work.failed(connection.end().lostError());
      return;
    }
    begin(work, sql);
    ledger.expect(Entry.QUERY, Fate.SWALLOW, null);
    connection.statements().forgetUnnamed(true);
    String said =
        sql.contains(QUERY) && ledger.status() == 'I' && !connection.reported().tellOfPrimary()
            ? LEVEL_OF_STANDBYS + sql
            : sql;
    if (connection.reported().convertNothing()) {
      said = AsciiText.inBytes(said);
    }
    connection.write(FrontendMessages.query(connection.channel().alloc(), said));
    connection.flush();
  }

  /**
   * Where it is in doubt what the server will still answer, asks for a CloseComplete: a
   * ReadyForQuery before it belongs to the client, and nothing of the client's comes behind it.
   * Only if the ledger {@link ReplyLedger#canBecomeSure}.
   */
  public void becomeSure(Chore then) {
    ReplyLedger ledger = connection.ledger();
    begin(
        new Chore() {
          @Override
          public void done() {
            ledger.becomeSure();
            then.done();
          }

          @Override
          public void failed(PgError why) {
            then.failed(why);
          }
        },
        "Close");
    ledger.expect(Entry.CLOSE, Fate.SWALLOW, null);
    ledger.expect(Entry.SYNC, Fate.SWALLOW, null);
    connection.statements().batchEnded();
    ByteBufAllocator alloc = connection.channel().alloc();
    connection.write(NameMessages.closeNoPortal(alloc));
    connection.write(FrontendMessages.bodyless(alloc, FrontendType.SYNC));
    connection.flush();
  }

  /**
   * Ends a batch of the client's early: all its messages so far are answered, and none of them ran
   * anything. The client's own Sync is to follow those that come, in a batch of their own.
   */
  public void endBatch(Chore then) {
    begin(then, "Sync");
    connection.ledger().expect(Entry.SYNC, Fate.SWALLOW, null);
    connection.statements().batchEnded();
    connection.write(FrontendMessages.bodyless(connection.channel().alloc(), FrontendType.SYNC));
    connection.flush();
  }

  /** Has the server session forget what currval and lastval answer. */
  public void forgetSequences() {
    connection
        .statements()
        .names()
        .runQuietly("DISCARD SEQUENCES", connection.sequences()::doubted);
    connection.sequences().forgotten();
  }

  /**
   * Changes the server session's settings; only while it owes nothing.
   *
   * @param now what the server session has now; {@link ServerConnection#applied} when no
   *     transaction is open
   */
  public void changeSettings(SessionSettings wanted, SessionSettings now, Chore then) {
    changingSettings = true;
    run(
        wanted.sqlFrom(now),
        new Chore() {
          @Override
          public void done() {
            changingSettings = false;
            if (connection.ledger().status() == 'I') {
              connection.applied(wanted.withPlaceholder(now));
            }
            then.done();
          }

          @Override
          public void failed(PgError why) {
            changingSettings = false;
            then.failed(why);
          }
        });
  }

  /** Whether it is about settings, of which it keeps account itself. */
  boolean isChangingSettings() {
    return changingSettings;
  }

  private void begin(Chore work, String request) {
    chore = work;
    what = request;
    seen = false;
    error = null;
    replies.rowsGoTo(work instanceof RowChore reading ? reading : null);
  }

  /**
   * Whether the server has stood still over it for too long. Asked some ten times a second.
   *
   * @param reads whether Howdah reads what the server says; while it does not, no time passes
   */
  boolean isOverdue(long nowNanos, boolean reads, Duration limit) {
    if (chore == null) {
      return false;
    }
    if (!seen || !reads) {
      seen = true;
      seenAtNanos = nowNanos;
    }
    return nowNanos - seenAtNanos > limit.toNanos();
  }

  /** The first word of what is under way: the rest may hold what is nobody's business. */
  String what() {
    int end = 0;
    while (end < what.length() && Character.isLetter(what.charAt(end))) {
      end++;
    }
    return end == 0 ? "an empty query" : what.substring(0, end);
  }

  /** The server answers it with an error. */
  void refused(ErrorFields fields) {
    if (error == null) {
      error =
          new PgError.ServerError(fields.code(), fields.message(), fields.detail(), fields.hint());
    }
  }

  /** The burst of replies is over, and the server owes nothing: so is what was under way. */
  void settled() {
    if (chore == null) {
      return;
    }
    if (error != null) {
      connection.end().close("its own request failed: " + error.messageForLogs(), error, false);
    } else {
      Chore done = chore;
      chore = null;
      replies.rowsGoTo(null);
      done.done();
    }
  }

  /**
   * Gives up what was under way, without telling it.
   *
   * @return the same, or null
   */
  Chore drop() {
    Chore was = chore;
    chore = null;
    return was;
  }

  /** Why it failed, now that the connection is lost. */
  PgError errorOr(PgError lost) {
    return error != null ? error : lost;
  }
}
