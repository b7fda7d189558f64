package io.howdah.frontend;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.connection.SessionLink;
import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.config.PoolMode;
import io.howdah.error.PgError;
import io.howdah.frontend.effect.Effects;
import io.howdah.frontend.lease.Lease;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.naming.StatementNames;
import io.howdah.frontend.request.ClientRequests;
import io.howdah.frontend.request.InDoubt;
import io.howdah.frontend.retry.Retry;
import io.howdah.frontend.routing.PreparingBatch;
import io.howdah.frontend.session.RequestAccount;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.wire.ErrorFields;
import io.netty.buffer.ByteBuf;

/**
 * What the server says, on its way to the client: bytes pass unless {@link Retry} holds them back,
 * and whoever keeps account of the session hears what was done.
 *
 * <p>Thread: the event loop of the session and its connection.
 */
final class ServerReplies implements SessionLink {
  private final SessionState state;
  private final ClientSession session;
  private final SessionChannels channels;
  private final Lease lease;
  private final RequestAccount account;
  private final InDoubt inDoubt;
  private final Retry retry;
  private final Effects effects;
  private final StatementNames names;
  private final ClientRequests requests;
  private final PreparingBatch preparing;
  private final TurnEnd end;

  ServerReplies(
      ClientSession session,
      SessionState state,
      SessionChannels channels,
      Lease lease,
      RequestAccount account,
      InDoubt inDoubt,
      Retry retry,
      Effects effects,
      StatementNames names,
      ClientRequests requests,
      PreparingBatch preparing,
      TurnEnd end) {
    this.state = state;
    this.session = session;
    this.channels = channels;
    this.lease = lease;
    this.account = account;
    this.inDoubt = inDoubt;
    this.retry = retry;
    this.effects = effects;
    this.names = names;
    this.requests = requests;
    this.preparing = preparing;
    this.end = end;
  }

  @Override
  public void replies(ByteBuf run) {
    if (retry.holds()) {
      retry.hold(run);
    } else {
      account.sent(run.readableBytes());
      session.send(run);
    }
  }

  @Override
  public void answering() {
    retry.answering();
  }

  @Override
  public void stateCommand(CommandTag tag, ReplyLedger.Note note) {
    switch (tag) {
      case COMMIT, ROLLBACK, SCHEMA, CODE -> {
        if (!lease.server().reported().tellOfStandby()) {
          state.writes.mayHaveCommitted();
        }
      }
      default -> {}
    }
    state.context.completed(tag);
    effects.command(tag, note);
    names.command(tag, note);
  }

  @Override
  public void refused(ErrorFields error, Entry at, ReplyLedger.Note note) {
    names.errors.refused(error, at, note);
    retry.refused(error, !lease.isPrimary(), at, note);
  }

  @Override
  public void failed() {
    state.context.failed();
    if (!retry.isHealing()) {
      effects.failed();
    }
  }

  @Override
  public void ownFailed(ByteBuf error) {
    names.errors.ownFailed(error);
  }

  @Override
  public ByteBuf errorInstead(ByteBuf error) {
    return names.errors.instead(error);
  }

  @Override
  public void parameterChanged(String name, String value) {
    state.parameter(name, value);
    state.told.heard(name, value);
  }

  @Override
  public boolean hears(String channel) {
    boolean heard =
        state.poolMode == PoolMode.SESSION || (state.hearsItself() && !channels.has(channel));
    if (heard) {
      state.writes.notified();
    }
    return heard;
  }

  @Override
  public void ready(byte status) {
    if (retry.ready(status)) {
      return;
    }
    ServerConnection server = lease.server();
    account.requestEnded(status);
    inDoubt.ready();
    state.writes.ready(status, account.owed(), server.reported().tellOfStandby());
    if (lease.isPrimary()) {
      if (status == 'I') {
        session.turns().waiting().search().ended();
      }
    } else {
      state.writes.readEnded(lease.pool().node(), lease.sinceNanos(), account.requestSinceNanos());
    }
    requests.ready(status);
    boolean more = !server.ledger().isEmpty() || server.ledger().isBatchOpen();
    state.context.ready(status, more);
    state.barrier.ready(status, more);
    names.errors.ready();
    effects.ready(status);
    channels.ready(status, account.owed(), server);
  }

  @Override
  public void repliesEnd() {
    ServerConnection server = lease.server();
    if (server != null && server.ledger().isEmpty()) {
      account.answered();
      retry.answered();
      if (!server.ledger().isSkipping()) {
        preparing.answered();
      }
    }
    session.flush();
    if (session.reader().isStopped()
        && server != null
        && !server.ledger().isEmpty()
        && server.ledger().size() < AttachedWaits.MAX_OWED / 2) {
      session.resume();
    }
  }

  @Override
  public void settled() {
    end.settled();
  }

  @Override
  public boolean isLeaving() {
    return (lease.server().ledger().isClean() || preparing.isDone())
        && !lease.isKept()
        && !account.isBusy();
  }

  @Override
  public void serverWritable(boolean writable) {
    if (writable) {
      session.letSend();
    } else {
      session.input().holdBack(Wait.Room.AT_SERVER);
    }
  }

  @Override
  public void lost(PgError error, boolean told) {
    session.contain(() -> end.lost(error, told));
  }
}
