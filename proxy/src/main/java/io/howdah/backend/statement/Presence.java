package io.howdah.backend.statement;

/** What is known of a statement on a server connection. */
enum Presence {
  ABSENT,
  /** What was sent in an earlier batch may still fail: close it, then prepare it anew. */
  DOUBTFUL,
  PRESENT
}
