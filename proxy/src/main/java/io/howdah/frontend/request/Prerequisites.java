package io.howdah.frontend.request;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.frontend.lease.Lease;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.retry.Retry;
import io.howdah.frontend.session.OwnMessages;
import io.howdah.frontend.session.RequestAccount;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect;
import io.howdah.wire.FrameHandler.Verdict;

/**
 * What may have to happen elsewhere before a statement can be sent on the connection at hand: the
 * shared connection must listen before a LISTEN, and who asks for sequence values is led to where
 * they are.
 *
 * <p>Thread: the session's event loop.
 */
final class Prerequisites {
  private final SessionState state;
  private final SessionChannels channels;
  private final Lease lease;
  private final RequestAccount account;
  private final Retry retry;
  private final SequenceValues sequences;
  private final OwnMessages own;

  Prerequisites(
      SessionState state,
      SessionChannels channels,
      Lease lease,
      RequestAccount account,
      Retry retry,
      SequenceValues sequences,
      OwnMessages own) {
    this.state = state;
    this.channels = channels;
    this.lease = lease;
    this.account = account;
    this.retry = retry;
    this.sequences = sequences;
    this.own = own;
  }

  /**
   * A LISTEN is sent only once the shared connection listens too: null when the statement may be
   * sent, also to a replica, which refuses it. A session that has nothing else to do with its
   * server connection does not keep it meanwhile.
   *
   * @param simple whether the statement comes in a simple query
   */
  Verdict listenFirst(Facts facts, boolean simple) {
    if (!lease.isPrimary()) {
      return null;
    }
    return switch (channels.ask(facts, account.owed())) {
      case SEND -> null;
      case WAIT -> {
        if (lease.server().ledger().isClean() && !lease.isKept()) {
          lease.release();
          state.session.turn().goIdle();
        }
        yield state.session.stop(channels.reason());
      }
      case REFUSE -> {
        if (simple) {
          account.requestBegun();
          own.refuseQuery(channels.refusal());
        } else {
          own.refuse(channels.refusal());
        }
        yield Verdict.DROP;
      }
    };
  }

  /**
   * What a request must wait for before its first message is looked at again: for its server
   * connection to listen to what the session listens to, or since it goes to another connection:
   * where the session's sequence values are, or where nobody has used temporary tables. Null when
   * it may be sent: what runs on a replica stays there, which knows neither.
   */
  Wait elsewhere(Facts facts) {
    if (!lease.isPrimary()) {
      return null;
    }
    ServerConnection here = lease.server();
    if (here.ledger().owesRequest() && channels.areAskedFor(facts)) {
      return Wait.Replies.ORDER;
    }
    if (wantsChannels(facts, here)) {
      return Wait.OwnWork.CHANNELS;
    }
    if (!here.ledger().isClean() || lease.isKept() || here.isBusy()) {
      return null;
    }
    if (here.suspects().mayHaveUsedTemporaries() && setsTempBuffers(facts)) {
      // Where they were used by somebody else the server would refuse: a fresh one does not.
      lease.destroy("its temp_buffers can't be changed any more");
      state.session.turn().goIdle();
      state.session.resumeSoon();
      return Wait.Soon.RUN_AGAIN;
    }
    ServerConnection better = sequences.better(facts);
    if (better == null) {
      return null;
    }
    lease.release();
    state.session.turn().attach(sequences.wroteIn(), better);
    state.session.resumeSoon();
    return Wait.Soon.RUN_AGAIN;
  }

  private static boolean setsTempBuffers(Facts facts) {
    for (SessionEffect effect : facts.effects()) {
      String name =
          switch (effect) {
            case SessionEffect.SetParameter set -> set.name();
            case SessionEffect.SetParameterText set -> set.name();
            case SessionEffect.UnknownSetting set -> set.name();
            case SessionEffect.ResetParameter reset -> reset.name();
            default -> null;
          };
      if (SessionSettings.TEMP_BUFFERS.equals(name)) {
        return true;
      }
    }
    return false;
  }

  private boolean wantsChannels(Facts facts, ServerConnection here) {
    if (!here.ledger().isClean() || !channels.areWantedHere(facts, here)) {
      return false;
    }
    retry.drop();
    return true;
  }
}
