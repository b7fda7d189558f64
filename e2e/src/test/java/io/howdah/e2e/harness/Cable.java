package io.howdah.e2e.harness;

import io.howdah.config.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The way to a server, to be cut: a relay on a port of its own. */
public final class Cable implements AutoCloseable {
  /** How the side of Howdah notices. */
  public enum Cut {
    /** The connection is reset. */
    RST,
    /** It ends as if the server had closed it. */
    FIN,
    /** Nothing comes any more, on this connection or any other. */
    SILENCE
  }

  private final ServerSocket listener;
  private final HostPort server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new ArrayList<>();
  private final List<Socket> nearSides = new ArrayList<>();
  private volatile CountDownLatch answers = new CountDownLatch(0);

  public Cable(HostPort server) throws IOException {
    this.server = server;
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** Where Howdah finds the server. */
  public HostPort address() {
    return new HostPort("127.0.0.1", listener.getLocalPort());
  }

  /** From now on the server hears Howdah, and Howdah not the server. */
  public void holdAnswers() {
    answers = new CountDownLatch(1);
  }

  /** Whatever was held back comes. */
  public void letAnswersGo() {
    answers.countDown();
  }

  /** Cuts every connection that there is now. */
  public synchronized void cut(Cut how) throws IOException {
    for (Socket near : nearSides) {
      if (near.isClosed()) {
        continue;
      }
      switch (how) {
        case RST -> {
          near.setOption(StandardSocketOptions.SO_LINGER, 0);
          near.close();
        }
        case FIN -> near.shutdownOutput();
        case SILENCE -> holdAnswers();
      }
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listener.accept();
        Socket far = new Socket(server.host(), server.port());
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        synchronized (this) {
          sockets.add(near);
          sockets.add(far);
          nearSides.add(near);
        }
        threads.execute(() -> pump(near, far, false));
        threads.execute(() -> pump(far, near, true));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void pump(Socket from, Socket to, boolean answer) {
    byte[] buffer = new byte[65536];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (answer) {
          answers.await();
        }
        out.write(buffer, 0, n);
      }
      if (answer) {
        answers.await();
      }
    } catch (IOException e) {
      // Cut.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    letAnswersGo();
    synchronized (this) {
      for (Socket each : sockets) {
        each.close();
      }
    }
    threads.shutdownNow();
  }
}
