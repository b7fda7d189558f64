package io.howdah.frontend;

import io.howdah.backend.replication.ReplicationConnection;
import io.howdah.backend.replication.ReplicationConnector;
import io.howdah.error.PgError;
import io.howdah.frontend.cancel.Cancellations;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;
import io.howdah.frontend.startup.ClientIdentity;
import io.howdah.topology.NodeId;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.FrameHandler.Verdict;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The client is in and wants a replication connection: a connection of its own is opened at the
 * primary, with the client's own start-up parameters, and the server's greeting passed on. While
 * there is no primary the client waits, as a request would.
 */
public final class ReplicationWelcomePhase implements Phase {
  private final ClientSession session;
  private final ClientIdentity who;
  private final ReplicationConnector connector;
  private final long sinceNanos;
  private boolean connecting;
  private Wait.Replication why;
  private long whySinceNanos;

  public ReplicationWelcomePhase(ClientSession session, ReplicationConnector connector) {
    this.session = session;
    this.who = session.identity();
    this.connector = connector;
    this.sinceNanos = session.worker.nanoTime();
  }

  @Override
  public String state() {
    return "login";
  }

  public void begin() {
    if (connecting) {
      return;
    }
    NodeId node = connector.primary();
    if (node == null) {
      waitFor(false, sinceNanos);
      return;
    }
    connecting = true;
    waitFor(true, session.worker.nanoTime());
    Map<String, String> parameters = new LinkedHashMap<>(who.options().passed());
    parameters.put("replication", who.options().replication());
    connector.connect(session.channel().eventLoop(), node, parameters, new Opening());
  }

  private void waitFor(boolean opening, long since) {
    if (why == null || why.opening() != opening) {
      why = new Wait.Replication(connector, opening);
      whySinceNanos = since;
      session.waits().beside(why, since);
    }
  }

  private final class Opening implements ReplicationConnector.Listener {
    @Override
    public void opened(ReplicationConnection connection, Map<String, String> parameters) {
      if (session.phase() == ReplicationWelcomePhase.this) {
        session.contain(() -> welcome(connection, parameters));
      } else {
        connection.close("client disconnected during the login");
      }
    }

    @Override
    public void failed(PgError error) {
      if (session.phase() == ReplicationWelcomePhase.this) {
        session.contain(() -> Admission.refuse(session, error));
      }
    }
  }

  private void welcome(ReplicationConnection connection, Map<String, String> parameters) {
    ByteBuf out = session.channel().alloc().buffer(1024);
    parameters.forEach((name, value) -> BackendMessages.parameterStatus(out, name, value));
    Cancellations.Key key = session.registration.cancelKey(session, who.protocolMinor());
    BackendMessages.backendKeyData(out, key.processId(), key.secret());
    BackendMessages.readyForQuery(out, (byte) 'I');
    session.send(out);
    session.flush();
    ReplicationPhase next = new ReplicationPhase(session, connector, connection);
    session.waitsBeside(null);
    session.become(next);
    session.loggedIn(null);
    next.begin();
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return session.input().stop(why, whySinceNanos);
  }

  @Override
  public void chooseAnew() {
    begin();
  }

  @Override
  public void tick(long nowNanos) {
    begin();
  }

  @Override
  public boolean isAwaited(Waker waker) {
    return true;
  }

  @Override
  public boolean tellOverdue(Wait wait, PgError error) {
    Admission.refuse(session, error);
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
