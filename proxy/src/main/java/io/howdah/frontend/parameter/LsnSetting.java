package io.howdah.frontend.parameter;

import io.howdah.error.PgError;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.topology.WalToken;

/**
 * {@code howdah.lsn}: what the session's reads must see, as text that a client can carry to another
 * session, also one of another Howdah before the same cluster. To show it has the primary asked,
 * unless the place is known. To set it adds to what reads must see and takes nothing away, so it
 * never goes back, RESET does nothing, and the empty text, which SHOW says where there is nothing
 * to see, is a value too.
 */
final class LsnSetting implements HowdahSetting {
  @Override
  public String name() {
    return "howdah.lsn";
  }

  @Override
  public String shown(SessionState state) {
    WalToken token = state.writes.token();
    return token == null ? "" : token.toString();
  }

  @Override
  public PgError refusal(SessionState state, String value) {
    if (value.isBlank()) {
      return null;
    }
    WalToken token;
    try {
      token = WalToken.parse(value.strip());
    } catch (IllegalArgumentException e) {
      return new PgError.InvalidOwnSetting(
          name(), value, "A timeline and a place in its WAL are wanted, such as 1:0/3000148.");
    }
    int timeline = state.pools.nodes().timeline();
    return timeline == 0 || token.timeline() <= timeline
        ? null
        : new PgError.InvalidOwnSetting(
            name(),
            value,
            "The cluster is on timeline "
                + timeline
                + ": this is a place of another cluster, or of a promotion not seen here yet.");
  }

  @Override
  public void set(SessionState state, String value) {
    if (value != null && !value.isBlank()) {
      state.writes.mustSee(WalToken.parse(value.strip()));
    }
  }

  @Override
  public Wait waitFor(HowdahSettings settings, Runnable lookAgain) {
    return settings.exported().waitFor(lookAgain);
  }

  @Override
  public PgError failure(HowdahSettings settings) {
    return settings.exported().failure();
  }
}
