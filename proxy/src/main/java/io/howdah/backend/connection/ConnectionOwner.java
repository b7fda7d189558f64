package io.howdah.backend.connection;

/** Whoever keeps account of connections: told once that this one is gone. */
public interface ConnectionOwner {
  /** Thread: the loop of the connection. */
  void gone(ServerConnection connection, String reason, boolean violation);

  /** The burst of replies is over, and whoever is concerned was told. Thread: as above. */
  default void burstOver() {}

  /**
   * Howdah's own code failed where it dealt with a connection, which is closed. Thread: as above.
   *
   * @param where a fixed phrase
   */
  default void fault(String where, Throwable cause) {
    throw new IllegalStateException(where, cause);
  }

  /** It is to be closed as soon as no session has it. Thread: the loop of the connection. */
  default void retire(ServerConnection connection, String reason) {}
}
