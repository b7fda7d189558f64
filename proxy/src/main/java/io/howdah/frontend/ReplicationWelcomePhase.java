package io.howdah.frontend;

import io.howdah.backend.ReplicationConnection;
import io.howdah.backend.ReplicationConnector;
import io.howdah.error.PgError;
import io.howdah.topology.NodeId;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.FrameHandler.Verdict;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The client is in and wants a replication connection: a connection of its own is opened at the
 * primary, with the client's own start-up parameters, and the server's greeting passed on. While
 * there is no primary the client waits, as a request would.
 */
final class ReplicationWelcomePhase implements Phase {
  private final ClientSession session;
  private final ClientIdentity who;
  private final ReplicationConnector connector;
  private final long sinceNanos;
  private boolean connecting;

  ReplicationWelcomePhase(ClientSession session, ReplicationConnector connector) {
    this.session = session;
    this.who = session.identity();
    this.connector = connector;
    this.sinceNanos = session.worker.nanoTime();
  }

  @Override
  public String state() {
    return "login";
  }

  void begin() {
    NodeId node = connecting ? null : connector.primary();
    if (node == null) {
      return;
    }
    connecting = true;
    Map<String, String> parameters = new LinkedHashMap<>(who.options().passed());
    parameters.put("replication", who.options().replication());
    connector.connect(session.channel().eventLoop(), node, parameters, new Opening());
  }

  private final class Opening implements ReplicationConnector.Listener {
    @Override
    public void opened(ReplicationConnection connection, Map<String, String> parameters) {
      if (session.phase() == ReplicationWelcomePhase.this) {
        welcome(connection, parameters);
      } else {
        connection.close("client disconnected during the login");
      }
    }

    @Override
    public void failed(PgError error) {
      if (session.phase() == ReplicationWelcomePhase.this) {
        Admission.refuse(session, error);
      }
    }
  }

  private void welcome(ReplicationConnection connection, Map<String, String> parameters) {
    ByteBuf out = session.channel().alloc().buffer(1024);
    parameters.forEach((name, value) -> BackendMessages.parameterStatus(out, name, value));
    Cancels.Key key = session.registration.cancelKey(session, who.protocolMinor());
    BackendMessages.backendKeyData(out, key.processId(), key.secret());
    BackendMessages.readyForQuery(out, (byte) 'I');
    session.send(out);
    session.flush();
    ReplicationPhase next = new ReplicationPhase(session, connector, connection);
    session.become(next);
    session.loggedIn(null);
    next.begin();
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return Verdict.STOP;
  }

  @Override
  public void topologyChanged() {
    begin();
  }

  @Override
  public void tick(long nowNanos) {
    begin();
    Duration bound = session.worker.config().timeouts().queryWait();
    if (!connecting && !bound.isZero() && nowNanos - sinceNanos > bound.toNanos()) {
      Admission.refuse(
          session,
          new PgError.NoServer("primary", connector.cluster(), bound, connector.problem()));
    }
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
