package io.howdah.frontend.session;

import io.howdah.backend.pools.NodeChoice;
import io.howdah.backend.pools.NodePool;
import io.howdah.backend.replication.ReplicationConnector;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.pool.Shortage;
import io.howdah.route.fact.Target;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What a client session waits for. Nothing stops the reader of a client without one: it tells
 * people what is awaited, until when, and who ends the wait, and it has the error for a client
 * whose wait nobody has ended in time.
 *
 * <p>Values: those of normal, short waits are made once, or once a session. What may change while a
 * session waits, such as why a pool has no connection, is looked up when somebody asks.
 *
 * <p>Thread: the session's event loop.
 */
public sealed interface Wait {
  /** The kind, as a word of a fixed set. */
  WaitReason reason();

  /** More for people, or null. */
  default String detail() {
    return null;
  }

  /** How long it may take. */
  default Deadline deadline() {
    return reason().deadline();
  }

  /** Who ends it. */
  default Waker waker() {
    return reason().waker();
  }

  /**
   * What the client is told when the deadline has passed.
   *
   * @param after the bound
   */
  PgError overdue(Duration after);

  /** The reason and what else there is to say, for people. */
  default String text() {
    String detail = detail();
    return detail == null ? reason().label() : reason().label() + ": " + detail;
  }

  /** A server connection of a pool. */
  record Lease(NodePool from) implements Wait {
    private Shortage shortage() {
      return from.pool().shortage();
    }

    @Override
    public WaitReason reason() {
      return switch (shortage()) {
        case Shortage.Full _ -> WaitReason.POOL_FULL;
        case Shortage.Opening _ -> WaitReason.OPENING;
        case Shortage.Held _ -> WaitReason.DATABASE_CHANGE;
        case Shortage.Paused paused -> paused.killed() ? WaitReason.KILLED : WaitReason.PAUSED;
        case Shortage.Failing _ -> WaitReason.LOGIN_FAILING;
        case Shortage.Closed _ -> WaitReason.NODE_DOWN;
      };
    }

    @Override
    public String detail() {
      return shortage().text();
    }

    @Override
    public PgError overdue(Duration after) {
      return shortage().error(after);
    }
  }

  /** A node that may serve the request: there is none for now. */
  record Node(Target target, NodeChoice among) implements Wait {
    @Override
    public WaitReason reason() {
      return switch (target) {
        case PRIMARY -> WaitReason.NO_PRIMARY;
        case ONLY_REPLICA -> WaitReason.NO_REPLICA;
        case REPLICA, ANY -> WaitReason.NO_SERVER;
      };
    }

    @Override
    public String detail() {
      return among.problem(target);
    }

    @Override
    public PgError overdue(Duration after) {
      return among.noServer(target, after);
    }
  }

  /** A replica that has replayed what the read must see. */
  record Replay(Target target, NodeChoice among) implements Wait {
    @Override
    public WaitReason reason() {
      return WaitReason.REPLAY;
    }

    @Override
    public PgError overdue(Duration after) {
      return among.noServer(target, after);
    }
  }

  /** The place of the session's last commit, which the primary has to tell. */
  record CommitPlace(NodeChoice among) implements Wait {
    @Override
    public WaitReason reason() {
      return WaitReason.COMMIT_PLACE;
    }

    @Override
    public PgError overdue(Duration after) {
      return among.noServer(Target.PRIMARY, after);
    }
  }

  /** Howdah's own work on the session's server connection. */
  enum OwnWork implements Wait {
    /** The session's settings are brought to the connection that it is about to have. */
    SETTINGS_AHEAD(WaitReason.SETTINGS, "the session's settings"),
    /** The client's BEGIN is run on the connection that it is about to have. */
    BEGIN_AHEAD(WaitReason.BEGIN, "the transaction's BEGIN"),
    SETTINGS(WaitReason.SETTINGS, "the session's settings"),
    CHANNELS(WaitReason.CHANNELS, "LISTEN to the session's channels"),
    STATE_CHECK(WaitReason.STATE_CHECK, "a question about the session's state"),
    BATCH_END(WaitReason.BATCH_END, "the early end of a batch"),
    OTHER(WaitReason.OWN_WORK, "a request of Howdah's own");

    private final WaitReason reason;
    private final String work;

    OwnWork(WaitReason reason, String work) {
      this.reason = reason;
      this.work = work;
    }

    /** Whether the client's request still waits for its connection. */
    private boolean isAhead() {
      return this == SETTINGS_AHEAD || this == BEGIN_AHEAD;
    }

    @Override
    public WaitReason reason() {
      return reason;
    }

    @Override
    public Deadline deadline() {
      return isAhead() ? Deadline.QUERY_WAIT : reason.deadline();
    }

    @Override
    public PgError overdue(Duration after) {
      return new PgError.OwnWorkOverdue(isAhead() ? Severity.ERROR : Severity.FATAL, work, after);
    }
  }

  /** The answer to what was sent before. */
  enum Replies implements Wait {
    /** What the message does depends on it, or it goes elsewhere. */
    ORDER("the answer decides what comes next"),
    /** How the message's text is read depends on it. */
    READING("the answer decides how the next text is read"),
    /** Very much is on its way. */
    MANY("too many requests are not answered yet");

    private final String detail;

    Replies(String detail) {
      this.detail = detail;
    }

    @Override
    public WaitReason reason() {
      return WaitReason.EARLIER_REQUEST;
    }

    @Override
    public String detail() {
      return detail;
    }

    @Override
    public PgError overdue(Duration after) {
      return new PgError.QueryTimeout(after);
    }
  }

  /** A cancel request for what ran before, which must not hit what comes next. */
  enum Cancel implements Wait {
    UNDER_WAY;

    @Override
    public WaitReason reason() {
      return WaitReason.CANCEL;
    }

    @Override
    public PgError overdue(Duration after) {
      return new PgError.OwnWorkOverdue(Severity.FATAL, "a cancel request", after);
    }
  }

  /** Room for more bytes: one side does not take what the other says. */
  enum Room implements Wait {
    /** The server does not take what the client sends. */
    AT_SERVER(WaitReason.SERVER_BUFFER),
    /** The client does not take what the server says. */
    AT_CLIENT(WaitReason.CLIENT_BUFFER);

    private final WaitReason reason;

    Room(WaitReason reason) {
      this.reason = reason;
    }

    @Override
    public WaitReason reason() {
      return reason;
    }

    @Override
    public PgError overdue(Duration after) {
      return new PgError.QueryTimeout(after);
    }
  }

  /**
   * The shared connection, which has to listen before the client's LISTEN is sent.
   *
   * @param channel one of those that the client wants to hear
   * @param problem why nobody is heard for now, or null
   */
  record Listen(String channel, Supplier<String> problem) implements Wait {
    @Override
    public WaitReason reason() {
      return WaitReason.LISTEN;
    }

    @Override
    public String detail() {
      String why = problem.get();
      return "channel \"" + channel + "\"" + (why == null ? "" : ", " + why);
    }

    @Override
    public PgError overdue(Duration after) {
      return new PgError.NotListening(channel, after, problem.get());
    }
  }

  /** What is left of a login: who the client is, whether that is true, and what it may do. */
  enum Login implements Wait {
    STARTUP(WaitReason.STARTUP),
    AUTHENTICATION(WaitReason.AUTHENTICATION),
    /** Of the functions in its database nothing is known yet. */
    CATALOG(WaitReason.CATALOG);

    private final WaitReason reason;

    Login(WaitReason reason) {
      this.reason = reason;
    }

    @Override
    public WaitReason reason() {
      return reason;
    }

    @Override
    public PgError overdue(Duration after) {
      return this == CATALOG
          ? new PgError.OwnWorkOverdue(Severity.FATAL, "the reading of the catalog", after)
          : new PgError.LoginTimeout(after);
    }
  }

  /**
   * A connection at the primary for this client alone, for replication.
   *
   * @param opening whether one is being opened; else there is no primary, or the database is paused
   */
  record Replication(ReplicationConnector from, boolean opening) implements Wait {
    @Override
    public WaitReason reason() {
      if (opening) {
        return WaitReason.REPLICATION;
      }
      return from.isPaused() ? WaitReason.PAUSED : WaitReason.NO_PRIMARY;
    }

    @Override
    public String detail() {
      return opening || from.isPaused() ? null : from.problem();
    }

    @Override
    public PgError overdue(Duration after) {
      return opening
          ? new PgError.OwnWorkOverdue(Severity.FATAL, "a login for replication", after)
          : from.noServer(after);
    }
  }

  /** What is done as soon as the loop is free. */
  enum Soon implements Wait {
    /** The request is read again, to be run again. */
    RUN_AGAIN;

    @Override
    public WaitReason reason() {
      return WaitReason.RUN_AGAIN;
    }

    @Override
    public PgError overdue(Duration after) {
      return new PgError.InternalError("a request was not run again within " + after);
    }
  }

  /** A command on the admin console, such as PAUSE: as long as it takes. */
  enum Command implements Wait {
    RUNNING;

    @Override
    public WaitReason reason() {
      return WaitReason.CONSOLE;
    }

    @Override
    public PgError overdue(Duration after) {
      return new PgError.InternalError("the command did not end within " + after);
    }
  }
}
