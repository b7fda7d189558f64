package io.howdah.route.fact;

import io.howdah.route.classify.Settings;
import java.util.List;

/**
 * What a statement leaves behind in the server session. Effects hold once the statement (outside a
 * transaction) or its transaction has succeeded; those marked local end with the transaction.
 *
 * <p>In transaction mode an effect that {@link #pins()} ties the client to its server connection;
 * the others are replayed on the next one, undo a pin, or need nothing.
 */
public sealed interface SessionEffect {
  /** Whether the session must keep its server connection, because this can't be made elsewhere. */
  default boolean pins() {
    return false;
  }

  /**
   * Whether it leaves something behind: not if all there is of it is a parameter of one's own that
   * has come to be.
   */
  default boolean lasts() {
    return !(this instanceof LocalSetting local
        && local.name() != null
        && local.name().indexOf('.') >= 0);
  }

  /** Whether it is DISCARD ALL. */
  default boolean discardsAll() {
    return this instanceof Discard discard && discard.what() == Discarded.ALL;
  }

  /** Whether it sets a parameter back to what it was at the start of the session. */
  default boolean leadsBack() {
    return switch (this) {
      case ResetParameter _, ResetAll _ -> true;
      case SetParameter set -> set.value() == null;
      case SetRole set -> set.role() == null;
      case SetSessionAuthorization set -> set.user() == null;
      default -> false;
    };
  }

  /** A few words for people, such as the reason of a pin in SHOW CLIENTS. */
  default String reason() {
    return switch (this) {
      case SetParameter e -> "SET " + e.name();
      case SetParameterText e -> "SET " + e.name();
      case LocalSetting e -> "SET LOCAL " + e.name();
      case ResetParameter e -> "RESET " + e.name();
      case ResetAll _ -> "RESET ALL";
      case SetRole _ -> "SET ROLE";
      case SetSessionAuthorization _ -> "SET SESSION AUTHORIZATION";
      case UnknownSetting e ->
          (e.name() == null ? "unknown effect: " : "setting changed by ") + e.what();
      case CatalogSettings e -> "setting changed by " + e.what();
      case Discard e -> "DISCARD " + e.what();
      case PrepareStatement e -> "PREPARE " + e.name();
      case ExecuteStatement e -> "EXECUTE " + e.name();
      case AnyStatement e -> e.reason();
      case Deallocate e -> "DEALLOCATE " + (e.name() == null ? "ALL" : e.name());
      case Listen e -> "LISTEN " + e.channel();
      case Unlisten e -> "UNLISTEN " + (e.channel() == null ? "*" : e.channel());
      case Notify _ -> "NOTIFY";
      case ChannelsAsked _ -> "pg_listening_channels";
      case HoldCursor e -> "cursor " + e.name() + " WITH HOLD";
      case CloseCursor e -> "CLOSE " + (e.name() == null ? "ALL" : e.name());
      case TemporaryObject _ -> "temporary table";
      case AdvisoryLock e -> "advisory lock by " + e.function();
      case AdvisoryUnlock e ->
          e.all() ? "all advisory locks released" : "an advisory lock released";
      case Load _ -> "LOAD";
      case SequenceUse e -> e.function();
      case RandomSeed _ -> "random seed";
      case OtherState e -> e.what();
      case OwnSetting e -> e.verb().name().replace('_', ' ') + " " + e.name();
      case Savepoint e -> "SAVEPOINT " + e.name();
      case ReleaseSavepoint e -> "RELEASE " + e.name();
      case RollbackToSavepoint e -> "ROLLBACK TO " + e.name();
      case Drop _ -> "DROP";
      case DatabaseChange e -> e.what() + " " + e.database();
      case StatementEnd _ -> ";";
      case RunsCode e -> "code of " + e.what();
      case Unseen _ -> "a statement too long or deep to be looked at";
    };
  }

  /**
   * SET, in any of its forms. SET SESSION CHARACTERISTICS AS TRANSACTION comes as its
   * default_transaction_… parameters, SET NAMES as client_encoding, SET SCHEMA as search_path, SET
   * XML OPTION as xmloption, SET TIME ZONE as timezone.
   *
   * @param name folded to lower case as the server does
   * @param value the list's elements, each to be written as a string constant; null for DEFAULT
   * @param local ends with the transaction
   */
  record SetParameter(String name, List<String> value, boolean local) implements SessionEffect {
    public SetParameter {
      value = value == null ? null : List.copyOf(value);
    }
  }

  /**
   * set_config with constants. Unlike {@link SetParameter}, the text is the whole value, lists
   * included: to be set again with set_config, not with SET.
   */
  record SetParameterText(String name, String text) implements SessionEffect {}

  /**
   * set_config until the transaction ends: of a parameter that {@linkplain ParseSettings decides
   * what texts mean}, or how commits are flushed, or of one with a dot in its name, which has come
   * to be from then on.
   *
   * @param name null when it is not in the text
   * @param text null when it is not in the text
   */
  record LocalSetting(String name, String text) implements SessionEffect {}

  /** RESET name. */
  record ResetParameter(String name) implements SessionEffect {}

  /** RESET ALL. It leaves role and session authorization alone. */
  record ResetAll() implements SessionEffect {}

  /** SET ROLE; null for DEFAULT and RESET ROLE, which lead back to the start. */
  record SetRole(String role, boolean local) implements SessionEffect {}

  /** SET SESSION AUTHORIZATION; null for DEFAULT and RESET. */
  record SetSessionAuthorization(String user, boolean local) implements SessionEffect {}

  /**
   * A setting changed in a way the text does not tell, as by set_config with an expression: the
   * server must be asked. Where not even the parameter is in the text it may be one that no catalog
   * has, and of which the server can't be asked: then the session keeps its connection.
   *
   * @param name the parameter, folded; null when not even that is in the text
   * @param arguments where a Bind may tell more; else null
   */
  record UnknownSetting(String what, String name, SetArguments arguments) implements SessionEffect {
    public UnknownSetting(String what, String name) {
      this(what, name, null);
    }

    @Override
    public boolean pins() {
      return name == null;
    }
  }

  /**
   * Settings changed, role and user among them, that are in the catalog: the server can tell all.
   */
  record CatalogSettings(String what) implements SessionEffect {}

  /** What DISCARD throws away. ALL undoes every pin; the others undo their own. */
  enum Discarded {
    ALL,
    PLANS,
    SEQUENCES,
    TEMP
  }

  /** DISCARD. */
  record Discard(Discarded what) implements SessionEffect {}

  /**
   * PREPARE name. It does not pin: the statement can be prepared elsewhere by the same text.
   *
   * @param name as the server knows it: folded, at most 63 bytes of UTF-8
   * @param text the whole PREPARE statement, each byte as a char
   * @param statement what the prepared statement does when it is executed
   */
  record PrepareStatement(String name, String text, Facts statement) implements SessionEffect {}

  /** EXECUTE name, also within EXPLAIN or CREATE TABLE AS. */
  record ExecuteStatement(String name) implements SessionEffect {}

  /**
   * Prepared statements may be used whose names the text does not tell.
   *
   * @param reason a few words
   * @param pins whether some may be made or dropped, too
   */
  record AnyStatement(String reason, boolean pins) implements SessionEffect {}

  /** DEALLOCATE; null for ALL. */
  record Deallocate(String name) implements SessionEffect {}

  /** LISTEN. */
  record Listen(String channel) implements SessionEffect {}

  /** UNLISTEN; null for all channels. */
  record Unlisten(String channel) implements SessionEffect {}

  /** NOTIFY, or a call of pg_notify: whoever listens hears it once it is committed. */
  record Notify() implements SessionEffect {}

  /** pg_listening_channels: the statement asks what the session listens to. */
  record ChannelsAsked() implements SessionEffect {}

  /** DECLARE … WITH HOLD. */
  record HoldCursor(String name) implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }
  }

  /** CLOSE; null for ALL. The cursor may be one that ends with the transaction anyway. */
  record CloseCursor(String name) implements SessionEffect {}

  /** A temporary table, view, sequence or the like that outlives the transaction. */
  record TemporaryObject() implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }
  }

  /** A session-level advisory lock may be held. */
  record AdvisoryLock(String function) implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }
  }

  /** A session-level advisory lock was given back; only {@code all} tells that none is left. */
  record AdvisoryUnlock(boolean all) implements SessionEffect {}

  /** LOAD of a library into the server process. */
  record Load() implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }
  }

  /**
   * nextval, setval, currval or lastval was called. The first two do not pin: nearly every INSERT
   * does the same unseen. The others ask for what the session did before, and pin it where they are
   * called outside a transaction: whoever does that once does it again.
   */
  record SequenceUse(String function) implements SessionEffect {
    @Override
    public boolean pins() {
      return function.equals("currval") || function.equals("lastval");
    }
  }

  /** setseed or SET SEED: the session's later random numbers follow from it. */
  record RandomSeed() implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }
  }

  /** Some other state of the session that can't be set again elsewhere. */
  record OtherState(String what) implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }
  }

  /** What a statement about one of Howdah's own settings does. */
  enum OwnVerb {
    SET,
    SET_LOCAL,
    RESET,
    SHOW
  }

  /**
   * SET, RESET or SHOW of a setting of Howdah's own ({@link Settings#isHowdahSetting}), which no
   * server is asked for.
   *
   * @param name folded to lower case, with its prefix
   * @param value what it is to be; null for DEFAULT, RESET and SHOW
   */
  record OwnSetting(OwnVerb verb, String name, String value) implements SessionEffect {}

  /** SAVEPOINT name. */
  record Savepoint(String name) implements SessionEffect {}

  /** RELEASE name: what was set since then stays. */
  record ReleaseSavepoint(String name) implements SessionEffect {}

  /** ROLLBACK TO name: what was set since then is void; the savepoint stays. */
  record RollbackToSavepoint(String name) implements SessionEffect {}

  /** DROP of whatever: it may have been temporary. */
  record Drop() implements SessionEffect {}

  /**
   * PostgreSQL does this only while nobody else is in a database. It leaves nothing in the session.
   *
   * @param what the statement's first words
   * @param database the name of the database that nobody may be in
   * @param made the name that a database has afterwards and had not before, or null
   */
  record DatabaseChange(String what, String database, String made) implements SessionEffect {}

  /**
   * Where one of several statements in a string ends: the effects before it are done when the
   * server completes that statement, those behind it are not.
   *
   * @param at how many bytes of the string are before its semicolon
   */
  record StatementEnd(int at) implements SessionEffect {}

  /**
   * Code runs that may change the session in ways that the text does not show: the server must be
   * asked, also where the statement fails.
   *
   * @param what a function's name, or a few words
   */
  record RunsCode(String what) implements SessionEffect {}

  /** The text was too long or too deep to be looked at: it may have left anything. */
  record Unseen() implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }
  }
}
