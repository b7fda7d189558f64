package io.howdah.frontend;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.pools.NodePool;
import io.howdah.error.PgError;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.parameter.HowdahSettings;
import io.howdah.frontend.retry.NextAttempt;
import io.howdah.frontend.session.CurrentTurn;
import io.howdah.frontend.session.RequestAccount;
import io.howdah.frontend.session.SessionState;
import io.netty.buffer.ByteBuf;

/**
 * The turns of one session: each is made once, at the login, and is the session's phase whenever it
 * is its time.
 *
 * <p>Thread: the session's event loop.
 */
public record Turns(
    ClientSession session,
    SessionChannels channels,
    IdleTurn idle,
    BegunTurn begun,
    WaitingTurn waiting,
    AttachedTurn attached,
    RefusedTurn refused)
    implements CurrentTurn {

  /** Those of a session that carries this, with Howdah's own settings as its client has them. */
  static Turns of(ClientSession session, SessionState state, HowdahSettings howdah) {
    SessionChannels channels = new SessionChannels(state);
    RequestAccount account = new RequestAccount(session);
    NextAttempt next = new NextAttempt(state, account);
    return new Turns(
        session,
        channels,
        new IdleTurn(session, state, channels),
        new BegunTurn(session, state, channels),
        new WaitingTurn(session, state, next),
        new AttachedTurn(session, state, howdah, channels, account, next),
        new RefusedTurn(session, state, channels));
  }

  /** The session has ended. */
  void end() {
    channels.close();
    waiting.search().leave();
  }

  @Override
  public ServerConnection server() {
    return attached.server();
  }

  @Override
  public boolean isAttached() {
    return session.phase() == attached;
  }

  @Override
  public boolean isOnPrimary() {
    return attached.isOnPrimary();
  }

  @Override
  public boolean isBusy() {
    return attached.isBusy();
  }

  @Override
  public boolean isAnswered() {
    return attached.isAnswered();
  }

  @Override
  public boolean isQuiet() {
    return session.phase() == idle || (isAttached() && attached.isQuiet());
  }

  @Override
  public void say(ByteBuf message) {
    attached.say(message);
  }

  @Override
  public void attach(NodePool from, ServerConnection connection) {
    attached.begin(from, connection, session.worker.nanoTime());
  }

  @Override
  public String takeReason() {
    return waiting.search().takeReason();
  }

  @Override
  public void refuse(PgError error) {
    refused.refuse(error);
  }

  @Override
  public void goIdle() {
    session.become(idle);
  }

  @Override
  public boolean isUnused() {
    return attached.isUnused();
  }
}
