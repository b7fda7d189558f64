package io.howdah.frontend.retry;

import io.howdah.frontend.session.RequestAccount;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Target;
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

  /** The next request is one that was run before, and has still to be given a connection. */
  private boolean seeking;

  /** The same, and it has still to be sent. */
  private boolean again;

  private NodeId failed;
  private boolean onPrimary;

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

  /** It goes to the connection that the session has. */
  void here() {
    runs++;
    sinceNanos = account.requestSinceNanos();
    account.voided();
    account.again(sinceNanos);
  }

  /**
   * It goes to another node.
   *
   * @param node the one that could not answer
   * @param primary whether only the primary can
   */
  void elsewhere(NodeId node, boolean primary) {
    runs++;
    sinceNanos = account.requestSinceNanos();
    account.voided();
    failed = node;
    onPrimary = primary;
    seeking = true;
    again = true;
  }

  /** Seeks a connection for the request that an idle session begins, or begins again. */
  public boolean seek(Target target) {
    if (!seeking) {
      again = false;
      return state.session.turn().seek(target, null, false);
    }
    seeking = false;
    return state.session.turn().seek(onPrimary ? Target.PRIMARY : target, failed, !isAllowed());
  }

  /** The session got a connection. */
  public void begun() {
    if (again) {
      account.again(sinceNanos);
      again = false;
    } else {
      runs = 0;
    }
  }
}
