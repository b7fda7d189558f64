package io.howdah.route.function;

/**
 * What a function does to the session that calls it, beyond its own transaction, as far as that can
 * be told; in the order in which one outweighs another.
 */
public enum SessionUse {
  /** Nothing. */
  NONE,
  /** It can't be told: it runs text as SQL, or is written in a language that is not read. */
  PERHAPS,
  /** Something that the server can be asked for, such as a setting or a lock. */
  CERTAIN,
  /** Something that nothing shows, such as a random seed. */
  UNSEEN;

  /** The weightier of two. */
  SessionUse or(SessionUse other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
