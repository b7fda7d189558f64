package io.howdah.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Clients that log in and then say nothing. */
final class IdleClients implements AutoCloseable {
  private static final int PROTOCOL_3_0 = 3 << 16;
  private static final int READY_FOR_QUERY = 'Z';
  private static final int ERROR_RESPONSE = 'E';

  private final Contender pooler;
  private final List<Socket> sockets = new ArrayList<>();

  IdleClients(Contender pooler) {
    this.pooler = pooler;
  }

  /** Connects some more. */
  void add(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), pooler.port());
      sockets.add(socket);
      logIn(socket);
    }
  }

  private void logIn(Socket socket) throws IOException {
    byte[] parameters =
        ("user\0" + Bench.USER + "\0database\0" + pooler.database() + "\0\0")
            .getBytes(StandardCharsets.US_ASCII);
    // In one piece: PgBouncer refuses a start-up packet that comes in several.
    ByteBuffer startup = ByteBuffer.allocate(8 + parameters.length);
    startup.putInt(8 + parameters.length).putInt(PROTOCOL_3_0).put(parameters);
    socket.getOutputStream().write(startup.array());
    DataInputStream in = new DataInputStream(socket.getInputStream());
    for (int type = in.read(); type != READY_FOR_QUERY; type = in.read()) {
      byte[] body = new byte[in.readInt() - 4];
      in.readFully(body);
      if (type == ERROR_RESPONSE) {
        throw new IOException(new String(body, StandardCharsets.UTF_8));
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
