package io.howdah.frontend.effect;

import io.howdah.backend.connection.Inspection;
import io.howdah.backend.connection.Inspection.Compared;
import io.howdah.backend.connection.Inspection.Findings;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.config.PoolMode;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.settings.SettingChange;
import io.howdah.route.fact.PinKind;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Asks the server what the session holds there, where its statements don't tell: settings of a
 * value that is not in the text, and whether what pinned it is gone. The client does not see it; it
 * has had its answer.
 *
 * <p>Thread: the session's event loop.
 */
public final class StateCheck {
  private static final long IDLE_NANOS = 1_000_000_000L;

  private final SessionState state;
  private final SessionChannels channels;
  private final Effects effects;
  private final UncertainState uncertain;

  /** When the client was heard last before the last look. */
  private long lookedAfter;

  /** The connection that was asked last. */
  private ServerConnection asked;

  public StateCheck(SessionState state, SessionChannels channels, Effects effects) {
    this.state = state;
    this.channels = channels;
    this.effects = effects;
    this.uncertain = effects.uncertain;
  }

  /** Whether there is something to ask before the session may part with its connection. */
  public boolean isDue() {
    return state.poolMode != PoolMode.SESSION
        && (uncertain.areSettingsUnknown()
            || state.pinning.isToBeLookedAt()
            || uncertain.isHidden() && !state.pinning.isPinned());
  }

  /** Whether the server is being asked. */
  public boolean isUnderWay(ServerConnection server) {
    return asked == server && server.isBusy();
  }

  /**
   * Whether to look at a pinned session that has fallen idle: its state may have gone in a way that
   * no statement shows. Once after each time that the client was heard.
   */
  public boolean isDueWhenIdle(long nowNanos) {
    if (!state.pinning.isPinned() || state.poolMode == PoolMode.SESSION) {
      return false;
    }
    long heard = state.session.lastHeardNanos();
    if (heard == lookedAfter || nowNanos - heard < IDLE_NANOS) {
      return false;
    }
    lookedAfter = heard;
    state.pinning.mayBeGone();
    return state.pinning.isToBeLookedAt();
  }

  /** Asks, on a connection that owes nothing and has no transaction. */
  public void begin(ServerConnection server) {
    asked = server;
    boolean everything = uncertain.isHidden();
    Set<Inspection.Part> parts =
        everything ? EnumSet.allOf(Inspection.Part.class) : state.pinning.parts();
    Map<String, String> named = new HashMap<>();
    boolean settings = everything || uncertain.areSettingsUnknown();
    if (everything) {
      server.suspects().dottedNames().forEach(name -> named.put(name, null));
      state.pools.catalog().parameters().forEach(name -> named.put(name, null));
    }
    if (settings) {
      parts.add(Inspection.Part.SETTINGS);
      // Those that no extension has defined are in no catalog: they must be asked for by name.
      uncertain.unknownNames().forEach(name -> named.put(name, null));
      effects.settings.applied().customNames().forEach(name -> named.put(name, null));
      named.remove(SessionSettings.ROLE);
      named.remove(SessionSettings.USER);
    }
    Inspection.of(
        server,
        parts,
        named,
        found -> {
          if (settings && found.identity().size() < 2) {
            // lost() tells the client.
            server.destroy("it did not tell whose session it is");
            return;
          }
          if (!found.legible()) {
            state.pin(PinKind.UNKNOWN_EFFECT, "unknown effect: a setting in no known encoding");
          }
          if (settings) {
            SessionSettings now = settings(found, server.identity().user());
            server.applied(now.withPlaceholder(server.applied()));
            state.settings(withStartup(now).withPlaceholder(state.settings()));
            uncertain.settingsKnown();
          }
          PinKind before = state.pinning.kind();
          state.pinning.seen(found);
          if (everything) {
            pin(found, server);
            uncertain.nothingHidden();
            server.suspects().clear();
            state.session.worker().leakCheck().noteNames(state.settings());
          }
          if (before != null && !state.pinning.isPinned()) {
            state.session.worker().telemetry().unpinned(state.session.id(), before.label());
          }
        },
        error -> {
          // The connection is closed; lost() tells the client.
        });
  }

  /** Code left state that is the session's own from now on, as it would be with PostgreSQL. */
  private void pin(Findings found, ServerConnection server) {
    if (found.temporaryObjects() > 0) {
      state.pin(PinKind.TEMPORARY_OBJECT, "temporary object of code");
    }
    if (found.advisoryLocks() > 0) {
      state.pin(PinKind.ADVISORY_LOCK, "advisory lock of code");
    }
    for (String name : found.heldCursors()) {
      state.pin(PinKind.HELD_CURSOR, "cursor " + name + " WITH HOLD of code");
    }
    for (String channel : found.channels()) {
      if (!channels.has(channel)) {
        state.listensItself("LISTEN in code");
      }
    }
    for (String name : found.preparedBySql()) {
      if (!server.statements().holds(name)) {
        state.pin(PinKind.PREPARED_STATEMENT, "PREPARE in code");
      }
    }
  }

  /** A start-up value that the server session has no more was reset: to that very value. */
  private SessionSettings withStartup(SessionSettings now) {
    Map<String, String> values = new TreeMap<>(state.startup.values());
    values.putAll(now.values());
    return SessionSettings.of(values);
  }

  /** Whether to have no role is what the session has set, and not what a RESET by code has made. */
  private boolean isRoleNone() {
    String first = state.startup.values().get(SessionSettings.ROLE);
    return first != null && !first.equals(state.settings().values().get(SessionSettings.ROLE));
  }

  /** What the session has set, by what the server says. */
  private SessionSettings settings(Findings found, String loginRole) {
    Map<String, String> values = new TreeMap<>();
    found
        .settings()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("transaction_")) {
                values.put(SessionSettings.folded(name), value);
              }
            });
    for (Map.Entry<String, Compared> each : found.compared().entrySet()) {
      Compared value = each.getValue();
      String known = state.settings().values().get(each.getKey());
      // Empty is also what it is where nobody set it: then the statements tell.
      boolean surelySet =
          SettingChange.UNKNOWN.equals(known)
              || known != null && known.isEmpty() && known.equals(value.actual());
      if (value.actual() != null && (surelySet || !value.actual().equals(value.believed()))) {
        values.putIfAbsent(each.getKey(), value.actual());
      }
    }
    String role = found.identity().get(SessionSettings.ROLE);
    if (!"none".equals(role) || isRoleNone()) {
      values.put(SessionSettings.ROLE, role);
    }
    String user = found.identity().get(SessionSettings.USER);
    if (!loginRole.equals(user)) {
      values.put(SessionSettings.USER, user);
    }
    SessionSettings now = SessionSettings.of(values);
    for (Map.Entry<String, Compared> each : found.compared().entrySet()) {
      if (each.getValue().actual() != null) {
        now = now.withPlaceholder(each.getKey());
      }
    }
    return now;
  }
}
