package io.howdah.frontend;

import io.howdah.auth.Credential;
import io.howdah.auth.ScramServer;
import io.howdah.auth.ScramVerifier;
import io.howdah.error.PgError;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.howdah.wire.Protocol;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * The SASL exchange with a client.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sasl-authentication.html">PostgreSQL, section
 *     54.3</a>
 */
public final class AuthenticationPhase implements Phase {
  private final ClientSession session;
  private final ScramServer scram;
  private boolean challenged;

  public AuthenticationPhase(ClientSession session) {
    this.session = session;
    this.scram = exchange(session);
    session.send(BackendMessages.authenticationSasl(session.buffer(), scram.mechanisms()));
    session.flush();
    session.waits().beside(Wait.Login.AUTHENTICATION, session.connectedAtNanos);
  }

  private static ScramServer exchange(ClientSession session) {
    String user = session.identity().user();
    Credential credential = session.worker.users().credential(user);
    ScramVerifier verifier = credential == null ? null : credential.scramVerifier();
    return verifier == null
        ? ScramServer.mock(user, session.worker.desk().salts(), null)
        : ScramServer.of(user, verifier, null);
  }

  @Override
  public String state() {
    return "login";
  }

  @Override
  public int needs(byte type, int bodyLength) {
    return type == FrontendType.PASSWORD ? bodyLength : 0;
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (type != FrontendType.PASSWORD) {
      throw new ProtocolException("expected SASL response, got message type " + (type & 0xFF));
    }
    int body = start + Protocol.HEADER_BYTES;
    ScramServer.Step step =
        challenged
            ? scram.last(ByteBufUtil.getBytes(in, body, bodyLength))
            : first(in, body, bodyLength);
    challenged = true;
    switch (step) {
      case ScramServer.Challenge challenge ->
          session.send(
              BackendMessages.authenticationSaslContinue(
                  session.buffer(), challenge.serverFirst()));
      case ScramServer.Accepted accepted -> {
        session.send(
            BackendMessages.authenticationSaslFinal(session.buffer(), accepted.serverFinal()));
        session.worker.captured(session.identity().user(), scram.keys());
        Admission.authenticated(session);
      }
      case ScramServer.Refused refused -> Admission.refuse(session, refused.error());
    }
    return Verdict.DROP;
  }

  /** SASLInitialResponse: the mechanism's name, then the length of the data and the data. */
  private ScramServer.Step first(ByteBuf in, int body, int bodyLength) {
    int end = body + bodyLength;
    int zero = in.indexOf(body, end, (byte) 0);
    if (zero < 0 || end - zero < 5) {
      throw new ProtocolException("malformed SASLInitialResponse");
    }
    int length = in.getInt(zero + 1);
    if (length != end - zero - 5) {
      throw new ProtocolException("malformed SASLInitialResponse");
    }
    return scram.first(
        in.toString(body, zero - body, StandardCharsets.US_ASCII),
        ByteBufUtil.getBytes(in, zero + 5, length));
  }

  @Override
  public boolean tellOverdue(Wait wait, PgError error) {
    Admission.refuse(session, error);
    return true;
  }

  @Override
  public boolean isAwaited(Waker waker) {
    return true;
  }

  @Override
  public void drain() {
    session.terminate(new PgError.ShuttingDown());
  }

  @Override
  public void terminate() {
    session.end("client disconnected");
  }
}
