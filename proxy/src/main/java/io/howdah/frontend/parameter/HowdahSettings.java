package io.howdah.frontend.parameter;

import io.howdah.error.PgError;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.route.classify.Settings;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.OwnSetting;
import io.howdah.route.fact.SessionEffect.OwnVerb;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Howdah's own settings ({@code howdah.*}) of one session. They come with the start-up packet, to
 * which RESET leads back, or by SET, which holds at once and whatever becomes of the transaction,
 * or by SET LOCAL until the transaction ends.
 *
 * <p>Thread: the session's event loop.
 */
public final class HowdahSettings {
  /** All that there are. */
  private static final List<HowdahSetting> ALL =
      List.of(new RouteSetting(), new ExplainRouteSetting(), new LsnSetting());

  private static final String ONE_BY_ONE =
      "Say SET, SET LOCAL, RESET or SHOW of it in a statement of its own.";

  private final SessionState state;

  /** What the start-up packet says. */
  private Map<String, String> first = Map.of();

  /** What the session has set beyond that; a null value where it was reset. */
  private Map<String, String> set = Map.of();

  /** Those that SET LOCAL has set in the open transaction. */
  private Set<String> local = Set.of();

  /** Made when the client first asks for it. */
  private ExportedPlace exported;

  public HowdahSettings(SessionState state) {
    this.state = state;
  }

  /**
   * Takes Howdah's own settings out of those that a start-up packet asks for.
   *
   * @param all by name in lower case; what is taken is gone from it
   */
  public static Map<String, String> take(Map<String, String> all) {
    Map<String, String> own = new LinkedHashMap<>();
    all.forEach(
        (name, value) -> {
          if (Settings.isHowdahSetting(name)) {
            own.put(name, value);
          }
        });
    all.keySet().removeAll(own.keySet());
    return own;
  }

  /**
   * The session begins with these settings.
   *
   * @return why it can't, or null
   */
  public PgError begin(Map<String, String> own) {
    for (Map.Entry<String, String> each : own.entrySet()) {
      HowdahSetting setting = find(each.getKey());
      PgError refusal =
          setting == null ? unknown(each.getKey()) : setting.refusal(state, each.getValue());
      if (refusal != null) {
        return refusal;
      }
    }
    first = Map.copyOf(own);
    own.forEach((name, value) -> find(name).set(state, value));
    return null;
  }

  /**
   * Whether a query string is one statement about Howdah's own settings, which no server must see.
   */
  static boolean isOwn(Facts facts) {
    return facts.effects().size() == 1
        && facts.statements() == 1
        && facts.effects().getFirst() instanceof OwnSetting;
  }

  /**
   * Why a statement about Howdah's own settings may not run, or null.
   *
   * @param status of the transaction before it
   */
  PgError refusal(Facts facts, byte status) {
    for (int i = 0; i < facts.effects().size(); i++) {
      SessionEffect effect = facts.effects().get(i);
      String name =
          switch (effect) {
            case OwnSetting own -> own.name();
            case SessionEffect.SetParameterText setting -> setting.name();
            case SessionEffect.LocalSetting setting -> setting.name();
            case SessionEffect.UnknownSetting setting -> setting.name();
            default -> null;
          };
      if (name != null && Settings.isHowdahSetting(name)) {
        if (status == 'E' && state.session.turn().server().ledger().isEmpty()) {
          return new PgError.InFailedTransaction();
        }
        return isOwn(facts) ? refusal((OwnSetting) effect) : misused(name);
      }
    }
    return null;
  }

  private PgError refusal(OwnSetting own) {
    HowdahSetting setting = find(own.name());
    if (setting == null) {
      return unknown(own.name());
    }
    return switch (own.verb()) {
      case SET, SET_LOCAL -> own.value() == null ? null : setting.refusal(state, own.value());
      case RESET, SHOW -> null;
    };
  }

  private static PgError misused(String name) {
    return new PgError.OwnSettingMisused(
        name + " is a setting of Howdah's own, which no server knows", ONE_BY_ONE);
  }

  private static PgError unknown(String name) {
    String known = ALL.stream().map(HowdahSetting::name).collect(Collectors.joining(", "));
    return new PgError.UnknownOwnSetting(name, known);
  }

  private static HowdahSetting find(String name) {
    for (HowdahSetting each : ALL) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return null;
  }

  /**
   * What a statement that is not refused has to wait for before it can be answered, then {@code
   * lookAgain} follows; null when it can be now.
   */
  Wait waitFor(OwnSetting own, Runnable lookAgain) {
    return own.verb() == OwnVerb.SHOW ? find(own.name()).waitFor(this, lookAgain) : null;
  }

  /** Why a statement that was not refused fails all the same, or null. */
  PgError failure(OwnSetting own) {
    return own.verb() == OwnVerb.SHOW ? find(own.name()).failure(this) : null;
  }

  /** Does what a statement says that is not refused; what it shows, or null. */
  String run(OwnSetting own) {
    HowdahSetting setting = find(own.name());
    if (own.verb() == OwnVerb.SHOW) {
      return setting.shown(state);
    }
    String value = own.value() != null ? own.value() : first.get(own.name());
    if (own.verb() == OwnVerb.SET_LOCAL) {
      local = local.isEmpty() ? new HashSet<>() : local;
      local.add(own.name());
    } else {
      set = set.isEmpty() ? new HashMap<>() : set;
      set.put(own.name(), value);
      if (!local.isEmpty()) {
        local.remove(own.name());
      }
    }
    setting.set(state, value);
    return null;
  }

  /** No transaction is open any more. */
  public void transactionEnded() {
    if (!local.isEmpty()) {
      for (String name : local) {
        find(name).set(state, set.containsKey(name) ? set.get(name) : first.get(name));
      }
      local = Set.of();
    }
  }

  /** RESET ALL and DISCARD ALL. */
  public void reset() {
    set = Map.of();
    local = Set.of();
    for (HowdahSetting each : ALL) {
      each.set(state, first.get(each.name()));
    }
  }

  /** The place in the WAL that SHOW tells. */
  public ExportedPlace exported() {
    if (exported == null) {
      exported = new ExportedPlace(state);
    }
    return exported;
  }
}
