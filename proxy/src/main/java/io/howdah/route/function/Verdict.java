package io.howdah.route.function;

/** What a call of a function means for routing. */
public enum Verdict {
  /** Changes nothing; a replica's answer is as good. */
  READ,
  /** As {@link #READ}, but it may change the session in a way that only the server can tell. */
  READ_UNSEEN,
  /** Not known: presumed to write, and to change the session. */
  UNKNOWN,
  /** Has an effect beyond its answer, or an answer that only the primary gives rightly. */
  ACTS,
  /** As {@link #ACTS}, and it may change the session in a way that only the server can tell. */
  ACTS_UNSEEN,
  /** Fails during recovery. */
  REFUSED,
  /** Runs text as SQL. */
  RUNS_SQL,
  /** set_config. */
  SETTING,
  /** nextval, setval: write, and are remembered by the session. */
  SEQUENCE,
  /** currval, lastval: answer from what the session remembers. */
  SEQUENCE_STATE,
  /** pg_notify. */
  NOTIFIES,
  /** pg_listening_channels: answers from what the session listens to. */
  CHANNELS,
  /** Takes a lock that the session holds on after the transaction. */
  SESSION_LOCK,
  /** Gives such a lock back. */
  SESSION_UNLOCK,
  /** setseed: the session's later random numbers depend on it. */
  RANDOM_SEED,
  /** Sets other state of the session that can't be set again elsewhere. */
  SESSION_STATE
}
