package io.howdah.frontend.retry;

import io.howdah.frontend.session.RequestAccount;
import io.howdah.frontend.session.SessionState;
import io.howdah.topology.NodeId;

/**
 * How often the request at hand was run, and where its next run goes.
 *
 * <p>Thread: the session's event loop.
 */
public final class NextAttempt {
  /** So often a request is run again; with the first time one more. */
  private static final int MOST = 2;

  private final SessionState state;
  private final RequestAccount account;
  private int runs;
  private long sinceNanos;

  /** So many requests run again, those behind it included. */
  private int requests;

  /** Of a request that was run before and has still to be given a connection; else null. */
  private Limits limits;

  /** The request was run before, and has still to be sent. */
  private boolean again;

  /**
   * What limits where a request goes that is run again.
   *
   * @param failed the node that could not answer it
   * @param onPrimary whether only the primary can
   * @param last whether there will be no further attempt
   */
  public record Limits(NodeId failed, boolean onPrimary, boolean last) {}

  public NextAttempt(SessionState state, RequestAccount account) {
    this.state = state;
    this.account = account;
  }

  /** Whether there may be one. */
  boolean isAllowed() {
    return runs < MOST;
  }

  /** The request at hand is not run again. */
  void forget() {
    runs = 0;
  }

  /**
   * It goes to the connection that the session has, or to another node.
   *
   * @param remedy for what there was
   * @param node the one that could not answer
   * @param all how many requests that are, with those behind it
   */
  void begins(RetryKind remedy, NodeId node, int all) {
    runs++;
    requests = all;
    sinceNanos = account.requestSinceNanos();
    account.voided();
    if (remedy == RetryKind.PREPARE_AGAIN) {
      account.again(sinceNanos, requests);
      return;
    }
    limits = new Limits(node, remedy.isOnPrimary(), !isAllowed());
    again = true;
  }

  /**
   * A connection is sought for the request that an idle session begins, or begins again.
   *
   * @return what limits where it goes; null where it comes for the first time
   */
  public Limits begins() {
    Limits now = limits;
    limits = null;
    again = now != null;
    return now;
  }

  /** The session got a connection. */
  public void begun() {
    if (again) {
      account.again(sinceNanos, requests);
      again = false;
    } else {
      runs = 0;
    }
  }
}
