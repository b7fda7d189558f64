package io.howdah.route.fact;

import io.howdah.route.lexer.Hint;

/** Why a statement is of its {@link Kind}; {@link Facts#culprit()} names what in it. */
public enum Reason {
  EMPTY(Kind.EMPTY, "there is no statement in it"),

  SELECT_READ_ONLY(Kind.READ, "it only reads"),
  EXPLAIN(Kind.READ, "EXPLAIN without ANALYZE plans but does not run the statement"),
  COPY_TO_CLIENT(Kind.READ, "COPY to the client only reads"),
  CURSOR(Kind.READ, "it uses a cursor that is open already"),
  WAIT_FOR(Kind.READ, "WAIT FOR waits for replay, which only a replica does"),
  READ_TRANSACTION(Kind.READ, "a whole transaction, which only reads"),

  SETTING(Kind.SESSION, "it changes or shows session state that any server can hold"),

  OWN_SETTING(Kind.SESSION, "it sets or shows a setting of Howdah's own"),

  BEGIN_DEFAULT(Kind.BEGIN, "the transaction may write", true),
  BEGIN_AT_LEVEL(Kind.BEGIN, "the transaction may write, at a level that a replica has too", true),
  BEGIN_READ_WRITE(Kind.BEGIN, "the transaction is READ WRITE"),
  BEGIN_SERIALIZABLE(Kind.BEGIN, "a replica refuses SERIALIZABLE"),
  BEGIN_READ_ONLY(Kind.BEGIN_READ_ONLY, "the transaction is READ ONLY"),
  BEGIN_READ_ONLY_AT_LEVEL(
      Kind.BEGIN_READ_ONLY, "the transaction is READ ONLY, at a level that a replica has too"),

  TRANSACTION_END(Kind.TRANSACTION_CONTROL, "it ends the transaction"),
  TRANSACTION_CHAIN(Kind.TRANSACTION_CONTROL, "it ends the transaction and begins the next"),
  TRANSACTION_PREPARE(Kind.TRANSACTION_CONTROL, "it prepares the transaction for two-phase commit"),
  SAVEPOINT(Kind.TRANSACTION_CONTROL, "it marks or goes back within the transaction"),
  SET_TRANSACTION(Kind.TRANSACTION_CONTROL, "it sets the mode of the open transaction"),
  SET_TRANSACTION_READ_ONLY(Kind.TRANSACTION_CONTROL, "it makes the open transaction READ ONLY"),

  DATA_CHANGE(Kind.WRITE, "it changes data"),
  DATA_MODIFYING_WITH(Kind.WRITE, "a WITH in it changes data"),
  SELECT_INTO(Kind.WRITE, "SELECT INTO creates a table"),
  ROW_LOCK(Kind.WRITE, "it locks rows"),
  TABLE_LOCK(Kind.WRITE, "it locks tables"),
  DDL(Kind.WRITE, "it changes the catalog"),
  MAINTENANCE(Kind.WRITE, "maintenance runs on the primary"),
  PROCEDURE(Kind.WRITE, "a procedure or code block may do anything"),
  COPY_FROM(Kind.WRITE, "COPY FROM writes rows"),
  COPY_TO_SERVER(Kind.WRITE, "COPY to a file or program acts on the server"),
  EXPLAIN_ANALYZE_OF_WRITE(Kind.WRITE, "EXPLAIN ANALYZE runs a statement that is no read"),
  TWO_PHASE(Kind.WRITE, "it finishes a prepared transaction"),
  NOTIFICATION(Kind.WRITE, "a replica has no LISTEN and NOTIFY"),
  SESSION_STATE(Kind.WRITE, "it makes state that stays in this one server session"),
  TEMPORARY_TABLE(Kind.WRITE, "temporary objects are in this one server session"),
  REFUSED_FUNCTION(Kind.WRITE, "a replica refuses this function"),
  VOLATILE_FUNCTION(Kind.WRITE, "the function has effects beyond its answer", true),
  REFUSED_BY_REPLICA(Kind.WRITE, "a replica refused it when it ran there"),
  NODE_STATE(Kind.WRITE, "it asks for what the primary has of itself, as locks and counters", true),
  UNKNOWN_FUNCTION(Kind.WRITE, "the function is not known to be harmless", true),
  UNKNOWN_OPERATOR(Kind.WRITE, "an operator of that schema is not known to be harmless", true),
  MULTI_STATEMENT_WITH_WRITE(Kind.WRITE, "one of several statements is no read"),
  MULTI_STATEMENT_WITH_TRANSACTION(Kind.WRITE, "several statements with transaction control"),

  EXECUTE(Kind.UNKNOWN, "what the prepared statement does is not in the text"),
  UNKNOWN_STATEMENT(Kind.UNKNOWN, "the statement is not one that is known"),
  UNTERMINATED(
      Kind.UNKNOWN,
      "a quote, comment or parenthesis does not match, or a token is not PostgreSQL's"),
  TOO_DEEP(Kind.UNKNOWN, "parentheses are nested too deep"),
  TOO_LONG(Kind.UNKNOWN, "it is longer than routing looks at");

  private final Kind kind;
  private final String text;
  private final boolean doubtful;

  Reason(Kind kind, String text) {
    this(kind, text, false);
  }

  Reason(Kind kind, String text, boolean doubtful) {
    this.kind = kind;
    this.text = text;
    this.doubtful = doubtful;
  }

  /** The kind that goes with it. */
  public Kind kind() {
    return kind;
  }

  /** A clause for people, without a full stop. */
  public String text() {
    return text;
  }

  /** Whether it certainly changes the catalog for everybody, if it succeeds. */
  public boolean changesCatalog() {
    return this == DDL || this == SELECT_INTO;
  }

  /** Whether it may change what names mean for the session itself. */
  public boolean mayChangeNames() {
    return switch (this) {
      case DDL, SELECT_INTO, TEMPORARY_TABLE, PROCEDURE, EXECUTE -> true;
      case MULTI_STATEMENT_WITH_WRITE, MULTI_STATEMENT_WITH_TRANSACTION -> true;
      case UNKNOWN_STATEMENT, UNTERMINATED, TOO_DEEP, TOO_LONG -> true;
      default -> false;
    };
  }

  /** Whether it may do things to the session that its text does not show: it runs other code. */
  public boolean hidesEffects() {
    return switch (this) {
      case PROCEDURE,
          UNKNOWN_FUNCTION,
          UNKNOWN_OPERATOR,
          EXECUTE,
          UNKNOWN_STATEMENT,
          UNTERMINATED,
          TOO_DEEP,
          TOO_LONG ->
          true;
      default -> false;
    };
  }

  /** Whether it begins a transaction with an isolation level of its own that a replica has too. */
  public boolean saysLevel() {
    return this == BEGIN_AT_LEVEL || this == BEGIN_READ_ONLY_AT_LEVEL;
  }

  /** Whether the text may end the transaction that is open before it. */
  public boolean mayEndTransaction() {
    return switch (this) {
      case TRANSACTION_END, TRANSACTION_PREPARE, READ_TRANSACTION -> true;
      case MULTI_STATEMENT_WITH_TRANSACTION, PROCEDURE -> true;
      default -> kind == Kind.UNKNOWN;
    };
  }

  /** Whether the statement may well succeed on a replica, so that {@link Hint#REPLICA} counts. */
  public boolean doubtful() {
    return doubtful;
  }
}
