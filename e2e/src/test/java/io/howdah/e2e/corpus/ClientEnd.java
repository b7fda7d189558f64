package io.howdah.e2e.corpus;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A connection that a client opened, seen from the server's end. One thread. */
final class ClientEnd implements AutoCloseable {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int GSS_REQUEST = 80_877_104;
  private static final int CANCEL_REQUEST = 80_877_102;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  ClientEnd(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
  }

  /**
   * The parameters of the StartupMessage; null where the client only wanted something cancelled.
   */
  Map<String, String> startup() throws IOException {
    while (true) {
      byte[] body = new byte[in.readInt() - 8];
      int code = in.readInt();
      in.readFully(body);
      switch (code) {
        case SSL_REQUEST, GSS_REQUEST -> {
          out.write('N');
          out.flush();
        }
        case CANCEL_REQUEST -> {
          return null;
        }
        default -> {
          return parameters(new String(body, StandardCharsets.UTF_8));
        }
      }
    }
  }

  private static Map<String, String> parameters(String body) {
    Map<String, String> parameters = new LinkedHashMap<>();
    String[] texts = body.split("\0", -1);
    for (int i = 0; i + 1 < texts.length && !texts[i].isEmpty(); i += 2) {
      parameters.put(texts[i], texts[i + 1]);
    }
    return parameters;
  }

  /** The client's next message, in the form of a server's. */
  Message read() throws IOException {
    char type = (char) in.readUnsignedByte();
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    return new Message(type, body);
  }

  /** Says what a server said. */
  void say(List<Message> messages) throws IOException {
    for (Message each : messages) {
      out.write(Send.message(each.type(), each.body()));
    }
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
