package io.howdah.config;

/** Which commits a read on a replica is certain to see. */
public enum CausalReads {
  /**
   * Those that the session itself was told of, has read already or was notified of: it reads its
   * own writes, and nothing older than it has read.
   */
  SESSION,
  /** Whatever the replica has replayed. */
  OFF,
  /** Besides, those that any client of this proxy was told of before the read began. */
  GLOBAL
}
