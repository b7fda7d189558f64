package io.howdah.route.function;

import io.howdah.route.fact.Kind;
import io.howdah.route.lexer.Name;

/**
 * What is known of functions by name. A call is looked up without its arguments, so of several
 * overloads the strictest counts.
 *
 * <p>What no such table sees: functions behind operators, casts, types, views, rules, policies and
 * attribute notation ({@code t.f} for {@code f(t)}). They are presumed to read; a replica then
 * refuses a write with 25006, and it is run on the primary instead. That some of them may change
 * the session is told by {@link #hide} alone.
 */
@FunctionalInterface
public interface Functions {
  /**
   * The verdict on a call. Must not allocate, must not keep the names.
   *
   * @param schema the schema it was qualified with, or null
   * @param name the function
   */
  Verdict of(Name schema, Name name);

  /** The same where the search path can't be told: of all that a name may stand for. */
  default Functions fromAnywhere() {
    return this;
  }

  /**
   * Whether statements of this kind may run functions that their text does not show, as triggers
   * do, and that change the session.
   */
  default boolean hide(Kind kind) {
    return false;
  }
}
