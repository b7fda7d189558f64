package io.howdah.topology;

/** What a node says it is. */
public enum Role {
  /** Not in recovery: takes writes. */
  PRIMARY,
  /** In recovery: a streaming or archive-fed replica. */
  REPLICA,
  /** Not heard of, or down. */
  UNKNOWN
}
