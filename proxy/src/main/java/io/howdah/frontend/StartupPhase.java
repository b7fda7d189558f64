package io.howdah.frontend;

import io.howdah.error.PgError;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;
import io.howdah.frontend.startup.Replication;
import io.howdah.frontend.startup.StartupOptions;
import io.howdah.frontend.startup.StartupPacket;
import io.howdah.frontend.startup.StartupPacket.CancelRequest;
import io.howdah.frontend.startup.StartupPacket.EncryptionRequest;
import io.howdah.frontend.startup.StartupPacket.StartupMessage;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.CString;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;

/**
 * From accept to the StartupMessage: answers requests for encryption, takes a CancelRequest to its
 * session, and sorts out who the client is and where it wants to go.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html">PostgreSQL, section
 *     54.2.1</a>
 */
final class StartupPhase implements Phase {
  private static final int NEWEST_MINOR = 2;

  private final ClientSession session;
  private ByteBuf held;
  private boolean tlsDeclined;
  private boolean gssDeclined;
  private boolean cancelling;

  StartupPhase(ClientSession session) {
    this.session = session;
  }

  @Override
  public String state() {
    return "login";
  }

  /** Takes bytes until the start-up is over; what follows is given to the next phase. */
  void feed(ByteBuf in) {
    ByteBuf all = in;
    if (held != null) {
      all = held;
      held = null;
      try {
        all.writeBytes(in);
      } finally {
        in.release();
      }
    }
    try {
      while (session.phase() == this && !cancelling) {
        int length = StartupPacket.length(all);
        if (length == 0) {
          // Such as a browser's greeting. PostgreSQL says nothing to that.
          session.end("invalid length of startup packet");
          return;
        }
        if (length < 0 || all.readableBytes() < length) {
          hold(all);
          return;
        }
        StartupPacket packet = StartupPacket.read(all.readSlice(length));
        take(packet);
        if (packet instanceof EncryptionRequest request && all.isReadable()) {
          refuseUnencrypted(request);
        }
      }
      if (session.phase() != ClosedPhase.CLOSED && !cancelling && all.isReadable()) {
        session.read(all.readRetainedSlice(all.readableBytes()));
      }
    } finally {
      all.release();
    }
  }

  private void hold(ByteBuf rest) {
    if (rest.isReadable()) {
      held = session.channel().alloc().buffer(rest.readableBytes());
      held.writeBytes(rest);
    }
  }

  private void take(StartupPacket packet) {
    switch (packet) {
      case EncryptionRequest request -> encryption(request.code());
      case CancelRequest cancel -> cancel(cancel);
      case StartupMessage start -> begin(start);
    }
  }

  /** The end of the connection tells the client that the server has acted, as PostgreSQL's does. */
  private void cancel(CancelRequest request) {
    cancelling = true;
    session
        .worker
        .cancels()
        .cancel(
            request.processId(),
            request.key(),
            () -> session.channel().eventLoop().execute(() -> session.end("cancel request")));
  }

  /** Each kind may be asked for once; a second time it is read as a version, as PostgreSQL does. */
  private void encryption(int code) {
    boolean tls = code == Protocol.SSL_REQUEST_CODE;
    if (tls ? tlsDeclined : gssDeclined) {
      session.terminate(new PgError.UnsupportedProtocol(code >>> 16, code & 0xFFFF));
      return;
    }
    tlsDeclined |= tls;
    gssDeclined |= !tls;
    session.send(session.buffer().writeByte('N'));
    session.flush();
  }

  /**
   * What came with the request was sent before its sender could know the answer. PostgreSQL ends
   * such a connection, with "N" as with "S".
   */
  private void refuseUnencrypted(EncryptionRequest request) {
    session.terminate(
        new PgError.UnencryptedData(
            request.code() == Protocol.SSL_REQUEST_CODE ? "SSL" : "GSSAPI encryption"));
  }

  private void begin(StartupMessage start) {
    if (start.major() != 3) {
      refuse(new PgError.UnsupportedProtocol(start.major(), start.minor()));
      return;
    }
    StartupOptions options = StartupOptions.of(start.parameters());
    if (Replication.of(options.replication()).isEmpty()) {
      session.terminate(Replication.invalid(options.replication()));
      return;
    }
    // There never was a 3.1; PostgreSQL takes it without a word, as 3.0 by another name.
    int minor = Math.min(start.minor(), NEWEST_MINOR);
    if (start.minor() > NEWEST_MINOR || !options.unknownProtocolOptions().isEmpty()) {
      session.send(
          BackendMessages.negotiateProtocolVersion(
              session.buffer(), Protocol.VERSION_3_0 | minor, options.unknownProtocolOptions()));
    }
    if (options.user() == null) {
      session.terminate(new PgError.NoUserName());
      return;
    }
    Admission.admit(session, options, minor);
  }

  /**
   * Clients from before 3.0 are told so in the format of their time, as PostgreSQL does: one line
   * of text, without a length. Version 0.0 never was, and is nobody's.
   */
  private void refuse(PgError.UnsupportedProtocol error) {
    if (error.major() > 3 || error.major() == 0 && error.minor() == 0) {
      session.terminate(error);
      return;
    }
    ByteBuf out = session.buffer().writeByte('E');
    CString.write(out, "FATAL:  " + error.message() + "\n");
    session.send(out);
    session.end(error.message());
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
  public void leave() {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  @Override
  public void terminate() {
    session.end("client disconnected");
  }
}
