package io.howdah.config;

/** Which commits a read on a replica is certain to see. */
public enum CausalReads {
  /** Those that the session itself was told of: it reads its own writes. */
  SESSION,
  /** Whatever the replica has replayed. */
  OFF,
  /** Those that any client of this proxy was told of before the read began. */
  GLOBAL
}
