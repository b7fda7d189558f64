package io.howdah.simulated;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@link SimulatedSession}s on a loopback port. What they say leaves in pieces of random sizes, and
 * random notices and parameters come in between. Lets everybody in.
 */
public final class SimulatedServer implements AutoCloseable {
  /** Says something in the place of an answer. */
  public interface Misbehaviour {
    /**
     * Called before each message that is answered.
     *
     * @return the bytes to send before the answer, or null
     */
    byte[] instead(Random random);
  }

  private static final int CANCEL_CODE = 80_877_102;

  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final long seed;
  private final Misbehaviour misbehaviour;

  public SimulatedServer(long seed, Misbehaviour misbehaviour) throws IOException {
    this.seed = seed;
    this.misbehaviour = misbehaviour;
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Connections at hand whose client has logged in. */
  public int open() {
    return open.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket socket) {
    sockets.add(socket);
    try (socket) {
      socket.setTcpNoDelay(true);
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 14));
      byte[] packet = in.readNBytes(in.readInt() - 4);
      if (java.nio.ByteBuffer.wrap(packet).getInt() == CANCEL_CODE) {
        return;
      }
      int number = sessions.incrementAndGet();
      open.incrementAndGet();
      try {
        new Talk(socket.getOutputStream(), number).serve(in);
      } finally {
        open.decrementAndGet();
      }
    } catch (IOException e) {
      // The client has gone.
    } finally {
      sockets.remove(socket);
    }
  }

  /** One session with its socket. */
  private final class Talk {
    private final OutputStream out;
    private final Random random;
    private final SimulatedSession session = new SimulatedSession();
    private final int number;

    Talk(OutputStream out, int number) {
      this.out = out;
      this.number = number;
      this.random = new Random(seed * 31 + number);
    }

    void serve(DataInputStream in) throws IOException {
      welcome();
      while (!session.isEnded()) {
        char type = (char) in.readUnsignedByte();
        byte[] body = in.readNBytes(in.readInt() - 4);
        byte[] instead = misbehaviour.instead(random);
        if (instead != null) {
          out.write(instead);
        }
        session.receive(type, body);
        if (random.nextInt(20) == 0) {
          session.out().text('S', "application_name\0of " + number + "\0");
        }
        // Gathered as a server does, until there is nothing more to read, or now and then earlier.
        if (in.available() == 0 || random.nextInt(4) == 0) {
          say();
        }
      }
    }

    private void welcome() throws IOException {
      Output greeting = session.out();
      greeting.message('R', (byte) 0, (byte) 0, (byte) 0, (byte) 0);
      greeting.text('S', "server_version\0" + "18.3\0");
      greeting.text('S', "client_encoding\0UTF8\0");
      greeting.text('S', "standard_conforming_strings\0on\0");
      greeting.message(
          'K', (byte) 0, (byte) 0, (byte) 0, (byte) number, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
      greeting.ready('I');
      say();
    }

    private void say() throws IOException {
      byte[] all = session.take();
      int from = 0;
      while (from < all.length) {
        int n = random.nextBoolean() ? all.length - from : 1 + random.nextInt(all.length - from);
        out.write(all, from, n);
        from += n;
        if (random.nextInt(8) == 0) {
          Thread.yield();
        }
      }
    }
  }

  /** Ends every connection and listens no more. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : sockets) {
      each.close();
    }
  }
}
