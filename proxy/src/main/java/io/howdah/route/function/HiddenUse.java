package io.howdah.route.function;

import io.howdah.route.fact.Kind;

/**
 * Which statements of a database may call a function that changes the session where their text does
 * not show the call.
 */
public enum HiddenUse {
  /** None. */
  NONE,
  /** Those that write: a trigger or a default value calls it, or an index does. */
  WRITES,
  /** All: a view calls it, a policy, an operator, a cast or whatever else. */
  ALL;

  /** Whether a statement of this kind may. */
  boolean concerns(Kind kind) {
    return switch (kind) {
      case WRITE, UNKNOWN -> this != NONE;
      case READ -> this == ALL;
      case BEGIN, BEGIN_READ_ONLY, TRANSACTION_CONTROL, SESSION, EMPTY -> false;
    };
  }
}
