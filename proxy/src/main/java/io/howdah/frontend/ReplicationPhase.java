package io.howdah.frontend;

import io.howdah.backend.replication.ReplicationConnection;
import io.howdah.backend.replication.ReplicationConnector;
import io.howdah.error.PgError;
import io.howdah.frontend.cancel.Cancellations;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;
import io.howdah.wire.FrameHandler.Verdict;
import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * A replication connection: whatever the client sends goes to its WAL sender, and whatever that
 * says goes to the client, until one of them ends it. It has no transactions that Howdah knows of:
 * a shutdown ends it at once, and so does the primary's loss of its role.
 *
 * <p>No timeout of requests, transactions or idle clients holds here: a stream may be silent for
 * days. The two sides have their own (wal_sender_timeout, status intervals), whose messages pass.
 */
final class ReplicationPhase implements Phase, ReplicationConnection.Link {
  private final ClientSession session;
  private final ReplicationConnector connector;
  private ReplicationConnection server;
  private boolean wrote;

  ReplicationPhase(
      ClientSession session, ReplicationConnector connector, ReplicationConnection server) {
    this.session = session;
    this.connector = connector;
    this.server = server;
  }

  /** The connection of the session, if this is its phase. */
  static Optional<ReplicationConnection> serverOf(ClientSession session) {
    return session.phase() instanceof ReplicationPhase relay
        ? Optional.ofNullable(relay.server)
        : Optional.empty();
  }

  @Override
  public String state() {
    return "active";
  }

  /** Takes what the client has sent already. */
  void begin() {
    server.attach(this);
    if (!session.isClientWritable()) {
      clientWritable(false);
    }
    if (session.reader().isStopped()) {
      session.resumeSoon();
    }
    chooseAnew();
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return Verdict.PASS;
  }

  @Override
  public void pass(ByteBuf run) {
    wrote = true;
    server.write(run);
  }

  @Override
  public void readEnd() {
    if (wrote) {
      wrote = false;
      server.flush();
      if (!server.isWritable()) {
        session.input().holdBack(Wait.Room.AT_SERVER);
      }
    }
  }

  @Override
  public void clientWritable(boolean writable) {
    session.waitsBeside(writable ? null : Wait.Room.AT_CLIENT);
    server.channel().config().setAutoRead(writable);
  }

  @Override
  public boolean isAwaited(Waker waker) {
    return switch (waker) {
      case SERVER -> !server.isWritable();
      case CLIENT -> true;
      default -> false;
    };
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
  public void replies(ByteBuf run) {
    session.send(run);
  }

  @Override
  public void repliesEnd() {
    session.flush();
  }

  @Override
  public boolean isWithinReply() {
    return server != null && server.isWithinReply();
  }

  @Override
  public void lost(PgError error, boolean told) {
    server = null;
    if (told) {
      session.end("server ended the session");
    } else {
      session.terminate(error);
    }
  }

  @Override
  public void chooseAnew() {
    if (!connector.isPrimary(server.identity().node())) {
      session.terminate(
          new PgError.ServerConnectionLost(
              server.identity().node().toString(), "The node is no longer the primary."));
    }
  }

  @Override
  public void cancel(Runnable over) {
    session
        .worker
        .cancels()
        .send(server.channel().eventLoop(), server.identity(), Cancellations.Request.oneWay(over));
  }

  @Override
  public void drain() {
    session.terminate(new PgError.ShuttingDown());
  }

  @Override
  public void terminate() {
    ReplicationConnection was = server;
    server = null;
    was.finish(session.worker.config().timeouts().unheard());
    session.end("client disconnected");
  }

  @Override
  public void leave() {
    if (server != null) {
      server.close("client disconnected");
      server = null;
    }
  }
}
