package io.howdah.frontend;

import io.howdah.backend.CommandTag;
import io.howdah.backend.ReplyLedger;
import io.howdah.backend.ServerConnection;
import io.howdah.backend.SessionSettings;
import io.howdah.route.Facts;
import io.howdah.route.SessionEffect;
import io.howdah.route.SessionEffect.Discard;
import io.howdah.route.SessionEffect.Discarded;
import io.howdah.route.SessionEffect.ResetAll;
import io.howdah.route.SessionEffect.ResetParameter;
import io.howdah.route.SessionEffect.SetParameter;
import io.howdah.route.SessionEffect.SetParameterText;
import io.howdah.route.SessionEffect.SetRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a session's statements do to its state: settings are taken over when their transaction
 * commits, and what can't be carried to another server connection pins the session.
 *
 * <p>Thread: the session's event loop.
 */
final class Effects {
  private static final String ROLE = "role";

  /** The note of a statement whose text was not looked at: the server's command tags must tell. */
  private static final ReplyLedger.Note UNREAD = new ReplyLedger.Note() {};

  private final SessionState state;
  private final List<SessionEffect> staged = new ArrayList<>(2);
  private ServerConnection server;

  /** What the server said in the request at hand. */
  private boolean failed;

  private boolean rolledBack;
  private boolean committed;

  /** A setting came with or behind the commit, so it may belong to a transaction still open. */
  private boolean behindCommit;

  /** Which settings the request at hand left can't be told. */
  private boolean uncertain;

  Effects(SessionState state) {
    this.state = state;
  }

  void begin(ServerConnection connection) {
    server = connection;
    staged.clear();
    requestEnded();
  }

  private void requestEnded() {
    failed = false;
    rolledBack = false;
    committed = false;
    behindCommit = false;
    uncertain = false;
  }

  /** The note for a statement that is being sent, or null if it does nothing to the session. */
  ReplyLedger.Note noteOf(Facts facts) {
    if (facts.effects().isEmpty()) {
      return null;
    }
    if (facts.effects().getFirst() instanceof SessionEffect.Unseen) {
      return UNREAD;
    }
    return new ReplyLedger.Note() {
      @Override
      public void done() {
        facts.effects().forEach(Effects.this::stage);
      }

      @Override
      public void failed() {
        // One that did not run at all, or whose part before the end of a transaction holds.
        uncertain |= facts.statements() > 1 && (committed || rolledBack);
      }
    };
  }

  /** The client was told an error. */
  void failed() {
    failed = true;
  }

  private void stage(SessionEffect effect) {
    if (effect.pins()) {
      state.pin(effect.reason());
    }
    switch (effect) {
      case SetParameter set when set.local() -> {}
      case SetRole role when role.local() -> {}
      case SetParameter _, SetParameterText _, SetRole _, ResetParameter _, ResetAll _, Discard _ ->
          stageSetting(effect);
      default -> {}
    }
  }

  private void stageSetting(SessionEffect effect) {
    uncertain |= rolledBack;
    behindCommit |= committed;
    staged.add(effect);
  }

  /** The server completed a command that changes session state. */
  void command(CommandTag tag, ReplyLedger.Note note) {
    switch (tag) {
      case ROLLBACK -> rolledBack = true;
      case COMMIT -> {
        uncertain |= !staged.isEmpty() && rolledBack;
        committed = true;
      }
      case DEALLOCATE_ALL, DISCARD_ALL -> state.names.clear();
      case SET, RESET, PREPARE, LISTEN, LOAD, DECLARE_CURSOR -> {
        if (note == UNREAD) {
          state.pin(tag + " in a statement that was not looked at");
        }
      }
      case DISCARD, DEALLOCATE, UNLISTEN, OTHER -> {}
    }
  }

  /** A request ended. */
  void ready(byte status) {
    uncertain |= !staged.isEmpty() && committed && (failed || rolledBack);
    uncertain |= behindCommit && status != 'I';
    if (uncertain) {
      state.pin("a setting and the end of a transaction in one request");
      staged.clear();
    } else if (!staged.isEmpty()) {
      settle(status);
    }
    requestEnded();
  }

  private void settle(byte status) {
    if (status == 'I' && (failed || rolledBack)) {
      staged.clear();
    } else if (status == 'I' || committed) {
      // With a transaction still open that was COMMIT AND CHAIN.
      commit();
      staged.clear();
    } else if (rolledBack) {
      // ROLLBACK TO SAVEPOINT: which of the settings it took back can't be told from here.
      state.pin("SET and ROLLBACK TO SAVEPOINT in one transaction");
    }
  }

  private void commit() {
    Map<String, String> session = new TreeMap<>(state.settings().values());
    Map<String, String> onServer = new TreeMap<>(server.applied().values());
    for (SessionEffect effect : staged) {
      switch (effect) {
        case SetParameter set when set.value() != null -> {
          String value = SettingText.flatten(set.name(), set.value());
          put(set.name(), value, session);
          put(set.name(), value, onServer);
        }
        case SetParameterText set -> {
          put(set.name(), set.text(), session);
          put(set.name(), set.text(), onServer);
        }
        case SetParameter set -> reset(set.name(), session, onServer);
        case ResetParameter reset -> reset(reset.name(), session, onServer);
        case SetRole role when role.role() != null -> {
          session.put(ROLE, role.role());
          onServer.put(ROLE, role.role());
        }
        case SetRole _ -> reset(ROLE, session, onServer);
        case ResetAll _ -> resetAll(session, onServer);
        case Discard discard when discard.what() == Discarded.ALL -> {
          resetAll(session, onServer);
          reset(ROLE, session, onServer);
          state.pin = null;
        }
        default -> {}
      }
    }
    state.settings(SessionSettings.of(session));
    server.applied(SessionSettings.of(onServer));
  }

  private static void put(String name, String value, Map<String, String> values) {
    values.put(name, SessionSettings.valueOver(values.get(name), name, value));
  }

  private void reset(String name, Map<String, String> session, Map<String, String> onServer) {
    onServer.remove(name);
    String first = state.startup.values().get(name);
    if (first == null) {
      session.remove(name);
    } else {
      session.put(name, first);
    }
  }

  private void resetAll(Map<String, String> session, Map<String, String> onServer) {
    String role = session.get(ROLE);
    session.clear();
    session.putAll(state.startup.values());
    onServer.clear();
    if (role != null) {
      session.put(ROLE, role);
      onServer.put(ROLE, role);
    }
  }
}
