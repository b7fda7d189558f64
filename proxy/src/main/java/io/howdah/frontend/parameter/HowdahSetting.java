package io.howdah.frontend.parameter;

import io.howdah.error.PgError;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;

/**
 * One of Howdah's own settings, which clients set, reset and show as they do PostgreSQL's, and
 * which no server knows of. It keeps no state itself: what a session has set is with the session.
 *
 * <p>Thread: the session's event loop.
 */
interface HowdahSetting {
  /** Its name with the prefix, in lower case. */
  String name();

  /** The value that SHOW tells, once there is nothing to {@link #waitFor}. */
  String shown(SessionState state);

  /** Why a session can't have this value, or null. Nothing is set yet. */
  PgError refusal(SessionState state, String value);

  /**
   * Sets it. At once and for the session: a transaction that is rolled back does not take it back.
   *
   * @param value one that is not refused; null for none: neither the client nor its start-up packet
   *     has set any
   */
  void set(SessionState state, String value);

  /**
   * What there is to wait for before the value to show is known: it is being found out. Null when
   * it is known.
   *
   * @param lookAgain to be run, later and on this loop, when it is worth asking again
   */
  default Wait waitFor(HowdahSettings settings, Runnable lookAgain) {
    return null;
  }

  /** Why the value to show can't be told, though it was waited for; or null. */
  default PgError failure(HowdahSettings settings) {
    return null;
  }
}
