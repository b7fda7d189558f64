package io.howdah.route.classify;

import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.UnknownSetting;
import io.howdah.route.fact.SetArguments;
import io.howdah.route.function.Functions;
import io.howdah.route.function.Verdict;
import io.howdah.route.lexer.Name;
import io.howdah.route.lexer.Preceding;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Word;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Turns the calls found in one statement into what they mean for it. */
final class CallCheck {
  private static final byte[] PG_CATALOG = "pg_catalog".getBytes(StandardCharsets.US_ASCII);

  private final Functions functions;
  private final List<SessionEffect> settings = new ArrayList<>();
  private boolean onlySelects;

  /** What looks like a call is one: not a table with its columns, as in CREATE TABLE. */
  private boolean inQuery;

  CallCheck(Functions functions) {
    this.functions = functions;
  }

  void begin(Reason reason) {
    settings.clear();
    onlySelects = true;
    inQuery =
        switch (reason) {
          case DDL, MAINTENANCE, TABLE_LOCK -> false;
          default -> true;
        };
  }

  /** A reserved word was met: beyond a bare SELECT a call may not happen, or more than once. */
  void reserved(Word word) {
    inQuery |= word == Word.SELECT;
    switch (word) {
      case SELECT, AS, TRUE, FALSE -> {}
      default -> onlySelects = false;
    }
  }

  boolean isCatalog(Name schema) {
    return schema.is(PG_CATALOG);
  }

  /** The call whose opening parenthesis is current. */
  void check(Scanner s, Finding f, Preceding at) {
    Name name = at.name();
    int parts = at.parts();
    Verdict verdict =
        parts > 2 ? Verdict.UNKNOWN : functions.of(parts == 2 ? at.qualifier() : null, name);
    // Beside another call, which may give no row, a setting may or may not happen.
    onlySelects &= verdict == Verdict.SETTING;
    switch (verdict) {
      case READ -> {}
      case READ_UNSEEN -> f.runsCode(name.toString());
      case UNKNOWN -> {
        if (inQuery && !at.mayBeSyntax()) {
          f.runsCode(name.toString());
        }
        if (f.wouldRaise(Reason.UNKNOWN_FUNCTION)) {
          f.raise(
              Reason.UNKNOWN_FUNCTION, parts == 1 ? name.toString() : at.qualifier() + "." + name);
        }
      }
      case ACTS -> f.raise(Reason.VOLATILE_FUNCTION, name.toString());
      case ACTS_UNSEEN, RUNS_SQL -> {
        f.raise(Reason.VOLATILE_FUNCTION, name.toString());
        f.runsCode(name.toString());
      }
      case REFUSED -> f.raise(Reason.REFUSED_FUNCTION, name.toString());
      case SETTING -> setting(s, f, name);
      case SEQUENCE ->
          session(f, Reason.REFUSED_FUNCTION, new SessionEffect.SequenceUse(name.toString()), name);
      case SEQUENCE_STATE ->
          session(f, Reason.SESSION_STATE, new SessionEffect.SequenceUse(name.toString()), name);
      case NOTIFIES -> session(f, Reason.REFUSED_FUNCTION, new SessionEffect.Notify(), name);
      case CHANNELS -> session(f, Reason.SESSION_STATE, new SessionEffect.ChannelsAsked(), name);
      case SESSION_LOCK ->
          session(f, Reason.SESSION_STATE, new SessionEffect.AdvisoryLock(name.toString()), name);
      case SESSION_UNLOCK ->
          session(
              f,
              Reason.SESSION_STATE,
              new SessionEffect.AdvisoryUnlock(name.toString().endsWith("_all")),
              name);
      case RANDOM_SEED -> session(f, Reason.SESSION_STATE, new SessionEffect.RandomSeed(), name);
      case SESSION_STATE ->
          session(f, Reason.SESSION_STATE, new SessionEffect.OtherState(name.toString()), name);
    }
  }

  private static void session(Finding f, Reason reason, SessionEffect effect, Name name) {
    f.raise(reason, name.toString());
    f.effect(effect);
  }

  private void setting(Scanner s, Finding f, Name name) {
    switch (SetConfig.read(s.fork())) {
      case SetConfig.Local(String parameter, String value) -> {
        SessionEffect effect = SetConfig.local(parameter, value);
        if (effect != null) {
          f.effect(effect);
        }
      }
      case SetConfig.Constant(SessionEffect effect) -> settings.add(effect);
      case SetConfig.Expression(String parameter, SetArguments arguments) -> {
        f.raise(Reason.SESSION_STATE, name.toString());
        settings.add(new UnknownSetting(name.toString(), parameter, arguments));
      }
    }
  }

  /** Calls of set_config count as SET where nothing but SELECT and constants is around them. */
  void end(Finding f) {
    if (settings.isEmpty()) {
      return;
    }
    if (onlySelects && f.reason() == Reason.SELECT_READ_ONLY) {
      f.is(Reason.SETTING, "set_config");
      settings.forEach(f::effect);
      return;
    }
    boolean plain = onlySelects && f.reason() == Reason.SESSION_STATE;
    f.raise(Reason.SESSION_STATE, "set_config");
    for (SessionEffect one : settings) {
      f.effect(plain ? certain(one) : perhaps(one));
    }
  }

  private static SessionEffect certain(SessionEffect setting) {
    return setting instanceof UnknownSetting(String what, String name, SetArguments arguments)
            && arguments != null
        ? new UnknownSetting(what, name, arguments.with(true))
        : setting;
  }

  /** What may happen or not: the server must be asked. */
  private static SessionEffect perhaps(SessionEffect setting) {
    return switch (setting) {
      case SessionEffect.SetParameterText text -> new UnknownSetting("set_config", text.name());
      case SessionEffect.RandomSeed seed -> seed;
      case UnknownSetting unknown -> unknown;
      default -> new SessionEffect.CatalogSettings("set_config");
    };
  }
}
