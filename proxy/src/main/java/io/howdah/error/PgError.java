package io.howdah.error;

import java.time.Duration;

/**
 * A reason why Howdah can't do what a client asked, as PostgreSQL would say it. Each reason is a
 * record that carries only what its text needs, and says how it is reported; texts follow
 * PostgreSQL's wording where PostgreSQL has one.
 */
public sealed interface PgError {
  // Longer than other files, since it is a table: one short record for each error, side by side.

  /** The class of the SQLSTATEs about values (data exceptions). */
  String VALUES = "22";

  /** What the client is told. */
  Report report();

  /** Whether the session ends with this error. */
  default Severity severity() {
    return report().severity();
  }

  /** The SQLSTATE, field {@code C}. */
  default Sqlstate sqlstate() {
    return report().sqlstate();
  }

  /** The five characters of the SQLSTATE; a server's own may be any. */
  default String code() {
    return sqlstate().code();
  }

  /** The primary message, field {@code M}: one line, no full stop. */
  default String message() {
    return report().message();
  }

  /**
   * The message for logs: what is told of a value that is wrong stands behind a colon, with the
   * value, which is nobody else's business.
   */
  default String messageForLogs() {
    String message = message();
    int colon = code().startsWith(VALUES) ? message.indexOf(':') : -1;
    return colon < 0 ? message : message.substring(0, colon);
  }

  /** Field {@code D}, or null. */
  default String detail() {
    return report().detail();
  }

  /** Field {@code H}, what to do next, or null. */
  default String hint() {
    return report().hint();
  }

  /**
   * Whether it tells that a server connection is gone on which nothing of the client's can have
   * been committed.
   */
  default boolean isConnectionLoss() {
    return false;
  }

  /** Field {@code R}, where a client may know an error of PostgreSQL's own by it; else null. */
  default String routine() {
    return report().routine();
  }

  /** The client broke the protocol. */
  record ProtocolViolation(String message) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(Sqlstate.PROTOCOL_VIOLATION, message);
    }
  }

  /** A message that has another form than its type; the session goes on, as with PostgreSQL. */
  record MalformedMessage() implements PgError {
    @Override
    public Report report() {
      return Report.error(Sqlstate.PROTOCOL_VIOLATION, "invalid message format");
    }
  }

  /** A client asked for encryption, and sent more before it had the answer. */
  record UnencryptedData(String request) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.PROTOCOL_VIOLATION,
              "received unencrypted data after " + request + " request")
          .withDetail(
              "This could be either a client-software bug or evidence of an attempted"
                  + " man-in-the-middle attack.");
    }
  }

  /** A start-up packet of a protocol we do not speak. */
  record UnsupportedProtocol(int major, int minor) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
          Sqlstate.FEATURE_NOT_SUPPORTED,
          "unsupported frontend protocol " + major + "." + minor + ": server supports 3.0 to 3.2");
    }
  }

  /** Something PostgreSQL has and Howdah, or the mode it is in, has not. */
  record NotSupported(Severity severity, String message, String hint) implements PgError {
    @Override
    public Report report() {
      return new Report(severity, Sqlstate.FEATURE_NOT_SUPPORTED, message).withHint(hint);
    }
  }

  /**
   * A statement that would tie its session to one server connection, where that is forbidden.
   *
   * @param what the statement or the state it makes
   */
  record PinRefused(Severity severity, String what) implements PgError {
    @Override
    public Report report() {
      return new Report(
              severity,
              Sqlstate.FEATURE_NOT_SUPPORTED,
              what + " needs a server session of its own, which pool.pinning forbids")
          .withDetail("What it makes can't be carried from one server connection to another.")
          .withHint("Set pinning to allow, or pool-mode to session, for this database or user.");
    }
  }

  /** The start-up packet names no user. */
  record NoUserName() implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
          Sqlstate.INVALID_AUTHORIZATION_SPECIFICATION,
          "no PostgreSQL user name specified in startup packet");
    }
  }

  /** The start-up parameter {@code options} has something that is no switch of the server. */
  record InvalidSwitch(String message, String hint) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(Sqlstate.SYNTAX_ERROR, message).withHint(hint);
    }
  }

  /** The start-up parameter {@code replication} has a value that means nothing. */
  record InvalidReplication(String value) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.INVALID_PARAMETER_VALUE,
              "invalid value for parameter \"replication\": \"" + value + "\"")
          .withHint("Valid values are: \"false\", 0, \"true\", 1, \"database\".");
    }
  }

  /** The configuration does not let this user open replication connections. */
  record ReplicationNotAllowed(String user) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(Sqlstate.INSUFFICIENT_PRIVILEGE, "permission denied to start WAL sender")
          .withDetail(
              "Howdah's configuration does not allow replication connections to user \""
                  + user
                  + "\" (auth.replication, users.*.replication).");
    }
  }

  /** Wrong password, or no such user: the two look the same from outside, as in PostgreSQL. */
  record PasswordAuthenticationFailed(String user) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
          Sqlstate.INVALID_PASSWORD, "password authentication failed for user \"" + user + "\"");
    }
  }

  /** The start-up packet names a database that no configuration entry covers. */
  record NoSuchDatabase(String database) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.INVALID_CATALOG_NAME, "database \"" + database + "\" does not exist")
          .withHint("Howdah's configuration has no entry for this database and no \"*\" entry.");
    }
  }

  /**
   * A bound on client connections is reached. {@code key} is the configuration key that sets it.
   */
  record TooManyClients(int limit, String key) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(Sqlstate.TOO_MANY_CONNECTIONS, "sorry, too many clients already")
          .withDetail("The limit is " + limit + " (" + key + ").");
    }
  }

  /** Too many connections have not proven who they are, and this one had been there longest. */
  record TooManyUnauthenticated(int limit) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.TOO_MANY_CONNECTIONS, "too many connections have not finished their login")
          .withDetail(
              "The limit is "
                  + limit
                  + " (clients.max-unauthenticated), and this one had waited longest.");
    }
  }

  /** The login did not finish in time. */
  record LoginTimeout(Duration after) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(Sqlstate.QUERY_CANCELED, "canceling authentication due to timeout")
          .withDetail(
              "The client did not finish its login within "
                  + text(after)
                  + " (timeouts.client-login).");
    }
  }

  /** No server connection became free within the waiting budget. The session stays usable. */
  record QueryWaitTimeout(Duration after, String pool) implements PgError {
    @Override
    public Report report() {
      return Report.error(
              Sqlstate.TOO_MANY_CONNECTIONS,
              "no server connection became free within " + text(after) + " (timeouts.query-wait)")
          .withHint(
              "Pool "
                  + pool
                  + " is full: shorten transactions, raise pool.default-size or the database's pool-size, or look at"
                  + " SHOW POOLS.");
    }
  }

  /** No server connection could be opened within the waiting budget. The session stays usable. */
  record NotOpened(Duration after, String detail) implements PgError {
    @Override
    public Report report() {
      return Report.error(
              Sqlstate.SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION,
              "no server connection could be opened within "
                  + text(after)
                  + " (timeouts.query-wait)")
          .withDetail(detail)
          .withHint("SHOW NODES on the admin console tells what Howdah sees of the servers.");
    }
  }

  /** The database was paused for longer than a client waits. The session stays usable. */
  record DatabasePaused(String database, boolean killed, Duration after) implements PgError {
    @Override
    public Report report() {
      return Report.error(
              Sqlstate.CANNOT_CONNECT_NOW,
              "database \"" + database + "\" is paused; waited " + text(after))
          .withDetail(
              (killed ? "KILL" : "PAUSE")
                  + " on the admin console stopped it (timeouts.query-wait).")
          .withHint("RESUME on the admin console lets it go on.");
    }
  }

  /**
   * Another client's statement needs the database for itself, and did so for longer than a client
   * waits. The session stays usable.
   */
  record DatabaseHeld(String database, String statement, Duration after) implements PgError {
    @Override
    public Report report() {
      return Report.error(
              Sqlstate.CANNOT_CONNECT_NOW,
              "database \"" + database + "\" is being changed; waited " + text(after))
          .withDetail(
              "The " + statement + " of another client lets nobody in (timeouts.query-wait).")
          .withHint("Retry once it has ended.");
    }
  }

  /** A server did not end in time what Howdah had it do for the session. */
  record OwnWorkOverdue(Severity severity, String what, Duration after) implements PgError {
    @Override
    public Report report() {
      return new Report(
              severity,
              severity == Severity.FATAL
                  ? Sqlstate.CONNECTION_FAILURE
                  : Sqlstate.CANNOT_CONNECT_NOW,
              "the server did not answer " + what + " within " + text(after))
          .withHint("SHOW NODES on the admin console tells what Howdah sees of the servers.");
    }
  }

  /** No node that may take the request is known. The session stays usable. */
  record NoServer(String wanted, String cluster, Duration after, String detail) implements PgError {
    @Override
    public Report report() {
      return Report.error(
              Sqlstate.CANNOT_CONNECT_NOW,
              "cluster \"" + cluster + "\" has no " + wanted + " now; waited " + text(after))
          .withDetail(detail)
          .withHint(
              "A failover may be under way: retry. SHOW NODES on the admin console tells what Howdah sees.");
    }
  }

  /** What only the primary can give is asked for on the read-only port. The session goes on. */
  record BarredFromPrimary(Severity severity, String what) implements PgError {
    public BarredFromPrimary(String what) {
      this(Severity.ERROR, what);
    }

    @Override
    public Report report() {
      return new Report(
              severity,
              Sqlstate.FEATURE_NOT_SUPPORTED,
              what + ", and the read-only port leads to replicas only")
          .withHint("Connect to the ordinary port (listen.port) for it.");
    }
  }

  /** The shared connection does not listen to a channel in time. The session stays usable. */
  record NotListening(String channel, Duration after, String detail) implements PgError {
    @Override
    public Report report() {
      return Report.error(
              Sqlstate.CANNOT_CONNECT_NOW,
              "can't listen to \"" + channel + "\" now; waited " + text(after))
          .withDetail(detail)
          .withHint(
              "A failover may be under way: retry. SHOW LISTENERS on the admin console tells what Howdah sees.");
    }
  }

  /** A server connection could not be opened. The session stays usable. */
  record ServerUnreachable(String server, String detail) implements PgError {
    @Override
    public Report report() {
      return Report.error(
              Sqlstate.SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION,
              "could not connect to server " + server)
          .withDetail(detail)
          .withHint(
              "Is the server running and does it accept Howdah's connections? SHOW NODES tells more.");
    }
  }

  /**
   * The server refused Howdah's login; {@code serverCode} and {@code serverMessage} are the
   * server's own. What is about the database or the server's state is passed on as it was said;
   * what is about Howdah's own credentials is told apart from the client's.
   */
  record ServerLoginRefused(
      String server,
      String serverCode,
      String serverMessage,
      String serverDetail,
      String serverHint)
      implements PgError {
    /** Too many connections (53…) and starting or stopping (57…) pass; the rest needs a person. */
    public boolean isPermanent() {
      return !serverCode.startsWith("53") && !serverCode.startsWith("57");
    }

    /** An error without detail and hint. */
    public ServerLoginRefused(String server, String serverCode, String serverMessage) {
      this(server, serverCode, serverMessage, null, null);
    }

    private boolean aboutCredentials() {
      return serverCode.startsWith("28");
    }

    @Override
    public String code() {
      return aboutCredentials() || serverCode.isEmpty() ? sqlstate().code() : serverCode;
    }

    @Override
    public Report report() {
      Sqlstate state = Sqlstate.SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION;
      if (aboutCredentials()) {
        return Report.error(state, "server " + server + " refused Howdah's login: " + serverMessage)
            .withDetail("The server's SQLSTATE is " + serverCode + ".")
            .withHint(
                "The password in the users file or the database's entry must be the server's.");
      }
      String where = "Server " + server + " said so at Howdah's login (" + serverCode + ").";
      return Report.error(state, serverMessage)
          .withDetail(serverDetail != null ? serverDetail : where)
          .withHint(serverHint);
    }
  }

  /**
   * Howdah could not log in at a server for a reason of its own: the server wants a method that
   * Howdah can't serve, or did not prove who it is.
   */
  record ServerLoginFailed(String server, String reason, String hint) implements PgError {
    @Override
    public Report report() {
      return Report.error(
              Sqlstate.SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION,
              "could not log in at server " + server + ": " + reason)
          .withHint(hint);
    }
  }

  /**
   * What a server said to a request of Howdah's own that was made for a client, such as to set what
   * the client's start-up packet asks for: passed on as it was said.
   */
  record ServerError(String code, String message, String detail, String hint) implements PgError {
    /** Its SQLSTATE need not be one of ours: {@link #code} counts. */
    @Override
    public Report report() {
      return Report.error(Sqlstate.INTERNAL_ERROR, message).withDetail(detail).withHint(hint);
    }
  }

  /**
   * The server connection broke while it served this session, and nothing can have been committed.
   */
  record ServerConnectionLost(String server, String detail) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.CONNECTION_FAILURE,
              "server " + server + " closed the connection unexpectedly")
          .withDetail(detail);
    }

    @Override
    public boolean isConnectionLoss() {
      return true;
    }
  }

  /**
   * Howdah closed the server connection while it served this session, and nothing can have been
   * committed.
   *
   * @param reason a clause
   */
  record ServerConnectionSevered(String server, String reason) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
          Sqlstate.CONNECTION_FAILURE,
          "the connection to server " + server + " was closed: " + reason);
    }

    @Override
    public boolean isConnectionLoss() {
      return true;
    }
  }

  /**
   * A server did not finish what Howdah itself had it do for this session, such as to change
   * settings; nothing of the client's was under way.
   *
   * @param what the first word of it
   */
  record ServerStalled(String server, String what, Duration after) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.CONNECTION_FAILURE,
              "server " + server + " did not answer a request of Howdah's own: " + what)
          .withDetail("The limit is " + text(after) + " (timeouts.server-own-work).");
    }

    @Override
    public boolean isConnectionLoss() {
      return true;
    }
  }

  /**
   * The session ends with a commit or an autocommit write in flight: its outcome is unknown.
   *
   * @param cause why the session ends
   */
  record OutcomeUnknown(PgError cause) implements PgError {
    @Override
    public Report report() {
      String more = cause.detail() == null ? "" : " " + cause.detail();
      return Report.fatal(
              Sqlstate.TRANSACTION_RESOLUTION_UNKNOWN,
              "outcome of the statement is unknown: " + cause.message())
          .withDetail("The statement may or may not have taken effect." + more)
          .withHint("Look whether it did before you repeat it.");
    }
  }

  /**
   * The server said something that the protocol does not allow here; its connection was destroyed.
   */
  record ServerProtocolViolation(String server, String detail) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.PROTOCOL_VIOLATION,
              "unexpected reply from server " + server + "; the connection was destroyed")
          .withDetail(detail);
    }
  }

  /** The proxy is stopping. */
  record ShuttingDown() implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.ADMIN_SHUTDOWN, "terminating connection due to administrator command")
          .withHint("Howdah is shutting down: connect again.");
    }
  }

  /** An administrator ended this session ({@code KILL_CLIENT}, {@code KILL}). */
  record Killed() implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
          Sqlstate.ADMIN_SHUTDOWN, "terminating connection due to administrator command");
    }
  }

  /** The client was idle for too long. */
  record ClientIdleTimeout(Duration after) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.IDLE_SESSION_TIMEOUT, "terminating connection due to idle-session timeout")
          .withDetail("The limit is " + text(after) + " (timeouts.client-idle).");
    }
  }

  /** The client was idle in a transaction for too long. */
  record IdleInTransactionTimeout(Duration after) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
              "terminating connection due to idle-in-transaction timeout")
          .withDetail("The limit is " + text(after) + " (timeouts.idle-in-transaction).");
    }
  }

  /** The client asked to cancel a request that was still waiting for a server connection. */
  record QueryCanceled() implements PgError {
    @Override
    public Report report() {
      return Report.error(Sqlstate.QUERY_CANCELED, "canceling statement due to user request");
    }
  }

  /** A statement took longer than Howdah allows. */
  record QueryTimeout(Duration after) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(Sqlstate.QUERY_CANCELED, "terminating connection due to query timeout")
          .withDetail("The limit is " + text(after) + " (timeouts.query).");
    }
  }

  /** What a client asked for before it said goodbye took longer than Howdah allows. */
  record UnheardTimeout(Duration after) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.QUERY_CANCELED,
              "terminating connection as its client has gone and its request takes too long")
          .withDetail("The limit is " + text(after) + " (timeouts.unheard).");
    }
  }

  /** A transaction took longer than Howdah allows. */
  record TransactionTimeout(Duration after) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(
              Sqlstate.TRANSACTION_TIMEOUT, "terminating connection due to transaction timeout")
          .withDetail("The limit is " + text(after) + " (timeouts.transaction).");
    }
  }

  /** A bound on memory or counts set by the configuration is reached. */
  record LimitExceeded(Severity severity, String message, String detail, String hint)
      implements PgError {
    @Override
    public Report report() {
      return new Report(severity, Sqlstate.PROGRAM_LIMIT_EXCEEDED, message)
          .withDetail(detail)
          .withHint(hint);
    }
  }

  /** A Bind, Describe or EXECUTE names a prepared statement that this session does not have. */
  record NoSuchPreparedStatement(String name) implements PgError {
    @Override
    public Report report() {
      return Report.error(
          Sqlstate.INVALID_SQL_STATEMENT_NAME,
          name.isEmpty()
              ? "unnamed prepared statement does not exist"
              : "prepared statement \"" + name + "\" does not exist");
    }
  }

  /**
   * A prepared statement returns rows of another type than its client was told, in PostgreSQL's own
   * words and with its own routine, by which drivers know it.
   */
  record OutdatedPlan() implements PgError {
    @Override
    public Report report() {
      return Report.error(Sqlstate.FEATURE_NOT_SUPPORTED, "cached plan must not change result type")
          .withRoutine("RevalidateCachedQuery");
    }
  }

  /** A Parse names a prepared statement that this session has already. */
  record DuplicatePreparedStatement(String name) implements PgError {
    @Override
    public Report report() {
      return Report.error(
          Sqlstate.DUPLICATE_PREPARED_STATEMENT,
          "prepared statement \"" + name + "\" already exists");
    }
  }

  /**
   * There is no such setting of Howdah's own.
   *
   * @param known those that there are
   */
  record UnknownOwnSetting(String name, String known) implements PgError {
    @Override
    public Report report() {
      return Report.error(
              Sqlstate.UNDEFINED_OBJECT, "unrecognized configuration parameter \"" + name + "\"")
          .withHint("Howdah's own settings are " + known + ".");
    }
  }

  /** A setting of Howdah's own can't have this value. */
  record InvalidOwnSetting(String name, String value, String hint) implements PgError {
    @Override
    public Report report() {
      return Report.error(
              Sqlstate.INVALID_PARAMETER_VALUE,
              "invalid value for parameter \"" + name + "\": \"" + value + "\"")
          .withHint(hint);
    }
  }

  /** A setting of Howdah's own is set or shown in a way in which it can't be. */
  record OwnSettingMisused(String message, String hint) implements PgError {
    @Override
    public Report report() {
      return Report.error(Sqlstate.FEATURE_NOT_SUPPORTED, message).withHint(hint);
    }
  }

  /** What Howdah answers itself comes within a transaction that has failed. */
  record InFailedTransaction() implements PgError {
    @Override
    public Report report() {
      return Report.error(
          Sqlstate.IN_FAILED_SQL_TRANSACTION,
          "current transaction is aborted, commands ignored until end of transaction block");
    }
  }

  /** The user may not do this on the admin console. */
  record ConsoleDenied(String message) implements PgError {
    @Override
    public Report report() {
      return Report.error(Sqlstate.INSUFFICIENT_PRIVILEGE, message);
    }
  }

  /** The admin console does not know this command, or it failed. */
  record ConsoleError(Sqlstate sqlstate, String message, String hint) implements PgError {
    @Override
    public Report report() {
      return Report.error(sqlstate, message).withHint(hint);
    }
  }

  /** A fault of Howdah itself. */
  record InternalError(String message) implements PgError {
    @Override
    public Report report() {
      return Report.fatal(Sqlstate.INTERNAL_ERROR, message)
          .withHint("Please report this; Howdah's log has the details.");
    }
  }

  private static String text(Duration d) {
    return d.toMillis() % 1000 == 0 ? d.toSeconds() + " s" : d.toMillis() + " ms";
  }
}
