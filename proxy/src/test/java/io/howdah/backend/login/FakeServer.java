package io.howdah.backend.login;

import io.howdah.topology.NodeId;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * A server on a loopback socket: lets everybody in and answers queries as told. What a query's
 * answer is {@code null} for ends its connection.
 */
public final class FakeServer implements AutoCloseable {
  public final LinkedBlockingQueue<byte[]> startupPackets = new LinkedBlockingQueue<>();
  private final ServerSocket listener;
  private final CopyOnWriteArrayList<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Bytes welcome;

  /** What a client hears that asks for a newer minor version. */
  volatile Bytes refusal;

  volatile int newestMinor = Byte.MAX_VALUE;
  private final Function<String, Bytes> answers;

  public FakeServer(Bytes welcome, Function<String, Bytes> answers) throws IOException {
    this(InetAddress.getLoopbackAddress(), 0, welcome, answers);
  }

  /** At an address and port of the test's choice. */
  public FakeServer(InetAddress address, int port, Bytes welcome, Function<String, Bytes> answers)
      throws IOException {
    this.welcome = welcome;
    this.answers = answers;
    this.listener = new ServerSocket(port, 50, address);
    Thread.ofVirtual().start(this::accept);
  }

  public NodeId node() {
    return new NodeId("main", listener.getInetAddress().getHostAddress(), listener.getLocalPort());
  }

  public static Bytes letIn() {
    return Bytes.of()
        .auth(0)
        .parameter("server_version", "18.3")
        .key(7, (byte) 1, (byte) 2, (byte) 3, (byte) 4)
        .ready();
  }

  /** Ends every connection, as a crash would. */
  public void dropAll() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      byte[] packet = in.readNBytes(in.readInt() - 4);
      startupPackets.add(packet);
      if (packet[3] > newestMinor) {
        out.write(refusal.array());
        return;
      }
      out.write(welcome.array());
      while (true) {
        byte type = in.readByte();
        byte[] body = in.readNBytes(in.readInt() - 4);
        Bytes answer =
            type == 'Q'
                ? answers.apply(new String(body, 0, body.length - 1, StandardCharsets.UTF_8))
                : null;
        if (answer == null) {
          return;
        }
        out.write(answer.array());
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    dropAll();
  }
}
