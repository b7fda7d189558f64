package io.howdah.frontend.session;

/**
 * What a session can wait for, as a word of a fixed set: the column {@code wait_reason} of SHOW
 * CLIENTS begins with it, and metrics count sessions by it.
 */
public enum WaitReason {
  POOL_FULL("pool-full", Deadline.QUERY_WAIT, Waker.POOL),
  OPENING("opening", Deadline.QUERY_WAIT, Waker.POOL),
  PAUSED("paused", Deadline.QUERY_WAIT, Waker.POOL),
  KILLED("killed", Deadline.QUERY_WAIT, Waker.POOL),
  DATABASE_CHANGE("database-change", Deadline.QUERY_WAIT, Waker.POOL),
  LOGIN_FAILING("login-failing", Deadline.QUERY_WAIT, Waker.POOL),
  NODE_DOWN("node-down", Deadline.QUERY_WAIT, Waker.POOL),
  NO_PRIMARY("no-primary", Deadline.QUERY_WAIT, Waker.TOPOLOGY),
  NO_REPLICA("no-replica", Deadline.QUERY_WAIT, Waker.TOPOLOGY),
  NO_SERVER("no-server", Deadline.QUERY_WAIT, Waker.TOPOLOGY),
  REPLAY("replay", Deadline.QUERY_WAIT, Waker.REPLAY_WATCH),
  COMMIT_PLACE("commit-place", Deadline.QUERY_WAIT, Waker.REPLAY_WATCH),
  SETTINGS("settings", Deadline.OWN_WORK, Waker.OWN_WORK),
  BEGIN("begin", Deadline.OWN_WORK, Waker.OWN_WORK),
  CHANNELS("channels", Deadline.OWN_WORK, Waker.OWN_WORK),
  STATE_CHECK("state-check", Deadline.OWN_WORK, Waker.OWN_WORK),
  BATCH_END("batch-end", Deadline.OWN_WORK, Waker.OWN_WORK),
  OWN_WORK("own-work", Deadline.OWN_WORK, Waker.OWN_WORK),
  EARLIER_REQUEST("earlier-request", Deadline.REQUEST, Waker.REPLIES),
  RUN_AGAIN("run-again", Deadline.NONE, Waker.LOOP),
  CANCEL("cancel", Deadline.CONNECTION, Waker.CANCEL),
  SERVER_BUFFER("server-buffer", Deadline.REQUEST, Waker.SERVER),
  CLIENT_BUFFER("client-buffer", Deadline.NONE, Waker.CLIENT),
  LISTEN("listen", Deadline.QUERY_WAIT, Waker.LISTENER),
  CATALOG("catalog", Deadline.QUERY_WAIT, Waker.CATALOG),
  STARTUP("startup", Deadline.CLIENT_LOGIN, Waker.CLIENT),
  AUTHENTICATION("authentication", Deadline.CLIENT_LOGIN, Waker.CLIENT),
  CONSOLE("console", Deadline.NONE, Waker.CONSOLE),
  REPLICATION("replication", Deadline.CONNECTION, Waker.CONNECTOR);

  private final String label;
  private final Deadline deadline;
  private final Waker waker;

  WaitReason(String label, Deadline deadline, Waker waker) {
    this.label = label;
    this.deadline = deadline;
    this.waker = waker;
  }

  /** The word. */
  public String label() {
    return label;
  }

  /** How long such a wait may take. */
  Deadline deadline() {
    return deadline;
  }

  /** Who ends it. */
  Waker waker() {
    return waker;
  }
}
