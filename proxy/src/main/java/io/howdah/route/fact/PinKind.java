package io.howdah.route.fact;

import java.util.Locale;

/**
 * The sorts of state that tie a session to its server connection, because they can't be made again
 * on another.
 */
public enum PinKind {
  TEMPORARY_OBJECT,
  ADVISORY_LOCK,
  HELD_CURSOR,
  LISTEN,
  PREPARED_STATEMENT,
  SETTING,
  /** What currval and lastval answer; no catalog shows it. */
  SEQUENCE,
  /** A library in the server process: nothing takes it out again. */
  LIBRARY,
  /** The state of random(): nothing gives back what it was. */
  RANDOM_SEED,
  /** A setting of whatever name: it can't be asked for, and to discard it leaves it empty. */
  UNKNOWN_EFFECT,
  /** Whatever a function is known to leave that nothing shows, and perhaps nothing undoes. */
  LASTING,
  OTHER;

  private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** A word for metrics and the log, such as {@code temporary-object}. */
  public String label() {
    return label;
  }

  /** Whether the server can be asked if it is gone. */
  public boolean isVisible() {
    return switch (this) {
      case TEMPORARY_OBJECT, ADVISORY_LOCK, HELD_CURSOR, LISTEN, PREPARED_STATEMENT -> true;
      case SETTING, SEQUENCE, LIBRARY, RANDOM_SEED, UNKNOWN_EFFECT, LASTING, OTHER -> false;
    };
  }

  /** Whether not even DISCARD ALL undoes it: such a server session can serve nobody else. */
  public boolean isIndelible() {
    return switch (this) {
      case LIBRARY, RANDOM_SEED, UNKNOWN_EFFECT, LASTING -> true;
      default -> false;
    };
  }

  /** The sort of state that an effect leaves. */
  public static PinKind of(SessionEffect effect) {
    return switch (effect) {
      case SessionEffect.TemporaryObject _ -> TEMPORARY_OBJECT;
      case SessionEffect.AdvisoryLock _ -> ADVISORY_LOCK;
      case SessionEffect.HoldCursor _ -> HELD_CURSOR;
      case SessionEffect.Listen _ -> LISTEN;
      case SessionEffect.PrepareStatement _ -> PREPARED_STATEMENT;
      case SessionEffect.SequenceUse _ -> SEQUENCE;
      case SessionEffect.Load _ -> LIBRARY;
      case SessionEffect.RandomSeed _ -> RANDOM_SEED;
      case SessionEffect.UnknownSetting _ -> UNKNOWN_EFFECT;
      case SessionEffect.OtherState _ -> LASTING;
      default -> OTHER;
    };
  }
}
