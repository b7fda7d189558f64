package io.howdah.config;

/**
 * What becomes of a session whose state can't be carried from one server connection to another, in
 * transaction and statement mode.
 */
public enum Pinned {
  /** It keeps its server connection until the state is gone. */
  ALLOW,
  /** The statement is refused; where the state is noticed only afterwards, the session ends. */
  REFUSE
}
