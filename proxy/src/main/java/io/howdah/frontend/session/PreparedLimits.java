package io.howdah.frontend.session;

import io.howdah.config.ClientConfig;
import io.howdah.error.PgError;
import io.howdah.error.Severity;

/**
 * Whether a client may prepare one more statement.
 *
 * <p>Thread: the session's event loop.
 */
public final class PreparedLimits {
  private static final String HINT = "Close statements that are no longer needed.";

  private final SessionState state;

  PreparedLimits(SessionState state) {
    this.state = state;
  }

  /**
   * Why not, or null.
   *
   * @param named whether it is given a name
   * @param bytes what it would take
   */
  public PgError refusal(boolean named, long bytes) {
    ClientConfig limits = state.session.worker().config().clients();
    int most = limits.maxPreparedStatements();
    if (named && most > 0 && state.names.size() >= most) {
      return new PgError.LimitExceeded(
          Severity.ERROR,
          "too many prepared statements in this session",
          "The limit is " + most + " (clients.max-prepared-statements).",
          HINT);
    }
    long own = limits.maxPreparedBytes();
    if (own > 0 && state.names.bytes() + state.unnamed.bytes() + bytes > own) {
      return new PgError.LimitExceeded(
          Severity.ERROR,
          "prepared statements of this session take too much memory",
          "The limit is " + own + " bytes (clients.max-prepared-bytes).",
          HINT);
    }
    long all = limits.maxTotalPreparedBytes();
    if (all > 0 && state.statements.dictionary().totalBytes() + bytes > all) {
      return new PgError.LimitExceeded(
          Severity.ERROR,
          "prepared statements of all clients take too much memory",
          "The limit is " + all + " bytes (clients.max-total-prepared-bytes).",
          HINT);
    }
    return null;
  }
}
