package io.howdah.route;

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
  boolean pins();

  /** A few words for people, such as the reason of a pin in SHOW CLIENTS. */
  String reason();

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

    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "SET " + name;
    }
  }

  /**
   * set_config with constants. Unlike {@link SetParameter}, the text is the whole value, lists
   * included: to be set again with set_config, not with SET.
   */
  record SetParameterText(String name, String text) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "SET " + name;
    }
  }

  /**
   * set_config of a parameter that {@linkplain ParseSettings decides what texts mean}, until the
   * transaction ends.
   *
   * @param name null when it is not in the text
   * @param text null when it is not in the text
   */
  record LocalSetting(String name, String text) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "SET LOCAL " + name;
    }
  }

  /** RESET name. */
  record ResetParameter(String name) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "RESET " + name;
    }
  }

  /** RESET ALL. It leaves role and session authorization alone. */
  record ResetAll() implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "RESET ALL";
    }
  }

  /** SET ROLE; null for NONE, DEFAULT and RESET ROLE. */
  record SetRole(String role, boolean local) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "SET ROLE";
    }
  }

  /** SET SESSION AUTHORIZATION; null for DEFAULT and RESET. */
  record SetSessionAuthorization(String user, boolean local) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "SET SESSION AUTHORIZATION";
    }
  }

  /**
   * A setting changed in a way the text does not tell, as by set_config with an expression: the
   * server must be asked.
   *
   * @param name the parameter, folded; null when not even that is in the text
   */
  record UnknownSetting(String what, String name) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "setting changed by " + what;
    }
  }

  /** What DISCARD throws away. ALL undoes every pin; the others undo their own. */
  enum Discarded {
    ALL,
    PLANS,
    SEQUENCES,
    TEMP
  }

  /** DISCARD. */
  record Discard(Discarded what) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "DISCARD " + what;
    }
  }

  /**
   * PREPARE name. It does not pin: the statement can be prepared elsewhere by the same text.
   *
   * @param name as the server knows it: folded, at most 63 bytes of UTF-8
   * @param text the whole PREPARE statement, each byte as a char
   * @param statement what the prepared statement does when it is executed
   */
  record PrepareStatement(String name, String text, Facts statement) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "PREPARE " + name;
    }
  }

  /** EXECUTE name, also within EXPLAIN or CREATE TABLE AS. */
  record ExecuteStatement(String name) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "EXECUTE " + name;
    }
  }

  /**
   * Prepared statements may be used whose names the text does not tell.
   *
   * @param reason a few words
   * @param pins whether some may be made or dropped, too
   */
  record AnyStatement(String reason, boolean pins) implements SessionEffect {}

  /** DEALLOCATE; null for ALL. */
  record Deallocate(String name) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "DEALLOCATE " + (name == null ? "ALL" : name);
    }
  }

  /** LISTEN. */
  record Listen(String channel) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "LISTEN " + channel;
    }
  }

  /** UNLISTEN; null for all channels. */
  record Unlisten(String channel) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "UNLISTEN " + (channel == null ? "*" : channel);
    }
  }

  /** NOTIFY, or a call of pg_notify: whoever listens hears it once it is committed. */
  record Notify() implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "NOTIFY";
    }
  }

  /** pg_listening_channels: the statement asks what the session listens to. */
  record ChannelsAsked() implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "pg_listening_channels";
    }
  }

  /** DECLARE … WITH HOLD. */
  record HoldCursor(String name) implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }

    @Override
    public String reason() {
      return "cursor " + name + " WITH HOLD";
    }
  }

  /** CLOSE; null for ALL. The cursor may be one that ends with the transaction anyway. */
  record CloseCursor(String name) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "CLOSE " + (name == null ? "ALL" : name);
    }
  }

  /** A temporary table, view, sequence or the like that outlives the transaction. */
  record TemporaryObject() implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }

    @Override
    public String reason() {
      return "temporary table";
    }
  }

  /** A session-level advisory lock may be held. */
  record AdvisoryLock(String function) implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }

    @Override
    public String reason() {
      return "advisory lock by " + function;
    }
  }

  /** A session-level advisory lock was given back; only {@code all} tells that none is left. */
  record AdvisoryUnlock(boolean all) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return all ? "all advisory locks released" : "an advisory lock released";
    }
  }

  /** LOAD of a library into the server process. */
  record Load() implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }

    @Override
    public String reason() {
      return "LOAD";
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

    @Override
    public String reason() {
      return function;
    }
  }

  /** setseed or SET SEED: the session's later random numbers follow from it. */
  record RandomSeed() implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }

    @Override
    public String reason() {
      return "random seed";
    }
  }

  /** Some other state of the session that can't be set again elsewhere. */
  record OtherState(String what) implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }

    @Override
    public String reason() {
      return what;
    }
  }

  /** SAVEPOINT name. */
  record Savepoint(String name) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "SAVEPOINT " + name;
    }
  }

  /** RELEASE name: what was set since then stays. */
  record ReleaseSavepoint(String name) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "RELEASE " + name;
    }
  }

  /** ROLLBACK TO name: what was set since then is void; the savepoint stays. */
  record RollbackToSavepoint(String name) implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "ROLLBACK TO " + name;
    }
  }

  /** DROP of whatever: it may have been temporary. */
  record Drop() implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return "DROP";
    }
  }

  /**
   * Where one of several statements in a string ends: the effects before it are done when the
   * server completes that statement, those behind it are not.
   */
  record StatementEnd() implements SessionEffect {
    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public String reason() {
      return ";";
    }
  }

  /** The text was too long or too deep to be looked at: it may have left anything. */
  record Unseen() implements SessionEffect {
    @Override
    public boolean pins() {
      return true;
    }

    @Override
    public String reason() {
      return "a statement too long or deep to be looked at";
    }
  }
}
