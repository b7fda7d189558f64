package io.howdah.pool;

import io.howdah.error.PgError;
import java.time.Duration;

/** Why a pool has no connection for those who wait at it, at one moment. */
public sealed interface Shortage {
  /** What there is to say, for people. */
  String text();

  /**
   * What a client is told that has waited too long.
   *
   * @param after how long that is
   */
  PgError error(Duration after);

  /**
   * What it is by now.
   *
   * @param opening whether a connection is being opened
   * @param last why the last could not be opened, or null
   */
  static Shortage now(Budget budget, boolean opening, PgError last) {
    String pool = budget.key().toString();
    PgError closed = budget.closedWith();
    if (closed != null) {
      return new Closed(closed);
    }
    String statement = budget.heldFor();
    if (statement != null && !budget.isPaused()) {
      return new Held(budget.key().database(), statement);
    }
    if (budget.mode() == Budget.Mode.PAUSED) {
      return new Paused(budget.key().database(), budget.isKilled());
    }
    boolean full = budget.open() >= budget.limits().most();
    if (opening) {
      return last == null ? new Opening(pool) : new Failing(pool, last);
    }
    return full || last == null ? new Full(pool) : new Failing(pool, last);
  }

  /** As many are open as may be, and each has a client. */
  record Full(String pool) implements Shortage {
    @Override
    public String text() {
      return "pool " + pool;
    }

    @Override
    public PgError error(Duration after) {
      return new PgError.QueryWaitTimeout(after, pool);
    }
  }

  /** One is being opened. */
  record Opening(String pool) implements Shortage {
    @Override
    public String text() {
      return "pool " + pool;
    }

    @Override
    public PgError error(Duration after) {
      return new PgError.NotOpened(
          after, "The login at the server is not over: pool " + pool + ".");
    }
  }

  /** None can be opened. */
  record Failing(String pool, PgError last) implements Shortage {
    @Override
    public String text() {
      return last.message() + (last.detail() == null ? "" : " (" + last.detail() + ")");
    }

    @Override
    public PgError error(Duration after) {
      return new PgError.NotOpened(
          after, "The last attempt to open a server connection failed: " + text());
    }
  }

  /**
   * The database is paused.
   *
   * @param killed whether by KILL
   */
  record Paused(String database, boolean killed) implements Shortage {
    @Override
    public String text() {
      return "database \"" + database + "\"";
    }

    @Override
    public PgError error(Duration after) {
      return new PgError.DatabasePaused(database, killed, after);
    }
  }

  /**
   * Another client's statement needs the database for itself.
   *
   * @param statement its words, such as DROP DATABASE
   */
  record Held(String database, String statement) implements Shortage {
    @Override
    public String text() {
      return statement + " of database \"" + database + "\"";
    }

    @Override
    public PgError error(Duration after) {
      return new PgError.DatabaseHeld(database, statement, after);
    }
  }

  /** The pool's server can't be used; those who wait are told soon, and look elsewhere. */
  record Closed(PgError why) implements Shortage {
    @Override
    public String text() {
      return why.detail() == null ? why.message() : why.detail();
    }

    @Override
    public PgError error(Duration after) {
      return why;
    }
  }
}
