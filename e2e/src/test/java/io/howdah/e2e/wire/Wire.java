package io.howdah.e2e.wire;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import io.howdah.config.HostPort;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One connection; one thread at a time. */
public final class Wire implements AutoCloseable {
  /** So long that only a hang reaches it. */
  private static final int READ_BOUND_MILLIS = 60_000;

  private static final int VERSION_3_0 = 3 << 16;
  private static final int AUTHENTICATION_OK = 0;
  private static final int CLEARTEXT = 3;
  private static final int SASL = 10;
  private static final int SASL_CONTINUE = 11;
  private static final int SASL_FINAL = 12;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final List<Message> greeting = new ArrayList<>();

  private Wire(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    this.out = socket.getOutputStream();
  }

  /** Connects and says nothing. */
  public static Wire open(HostPort at) throws IOException {
    return open(at, 0);
  }

  /** The same with a bound on the bytes that wait in this side's socket; 0 for the system's. */
  public static Wire open(HostPort at, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(READ_BOUND_MILLIS);
    socket.connect(new InetSocketAddress(at.host(), at.port()));
    return new Wire(socket);
  }

  /** Logs in as the usual user, with more start-up parameters. */
  public static Wire login(HostPort at, Map<String, String> more) throws IOException {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", UsualUser.NAME);
    parameters.put("database", UsualUser.DATABASE);
    parameters.putAll(more);
    Wire wire = open(at);
    wire.login(parameters, UsualUser.PASSWORD);
    return wire;
  }

  /**
   * Logs in.
   *
   * @throws Refused with the server's error
   */
  public void login(Map<String, String> parameters, String password) throws IOException {
    login(VERSION_3_0, parameters, password);
  }

  /**
   * Logs in with a protocol version, such as {@code 3 << 16 | 2}.
   *
   * @throws Refused with the server's error
   */
  public void login(int version, Map<String, String> parameters, String password)
      throws IOException {
    send(Send.startup(version, parameters));
    authenticate(password);
    for (Message each = read(); ; each = read()) {
      greeting.add(each);
      if (each.type() == 'E') {
        throw new Refused(each);
      }
      if (each.type() == 'Z') {
        return;
      }
    }
  }

  private void authenticate(String password) throws IOException {
    ScramClient scram = null;
    while (true) {
      Message message = read();
      if (message.type() == 'E') {
        throw new Refused(message);
      }
      if (message.type() == 'v') {
        greeting.add(message);
        continue;
      }
      if (message.type() != 'R') {
        throw new IOException("expected authentication, got " + message);
      }
      String rest =
          new String(message.body(), 4, message.body().length - 4, StandardCharsets.UTF_8);
      switch (message.body()[3]) {
        case AUTHENTICATION_OK -> {
          return;
        }
        case CLEARTEXT -> send(Send.password((password + '\0').getBytes(StandardCharsets.UTF_8)));
        case SASL -> {
          scram =
              ScramClient.builder()
                  .advertisedMechanisms(List.of("SCRAM-SHA-256"))
                  .username("*") // the start-up packet has named it
                  .password(password.toCharArray())
                  .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION)
                  .build();
          send(Send.saslInitial("SCRAM-SHA-256", scram.clientFirstMessage().toString()));
        }
        case SASL_CONTINUE -> {
          try {
            scram.serverFirstMessage(rest);
            send(
                Send.password(
                    scram.clientFinalMessage().toString().getBytes(StandardCharsets.UTF_8)));
          } catch (com.ongres.scram.common.exception.ScramException e) {
            throw new IOException(e);
          }
        }
        case SASL_FINAL -> {
          try {
            scram.serverFinalMessage(rest);
          } catch (com.ongres.scram.common.exception.ScramException e) {
            throw new IOException(e);
          }
        }
        default -> throw new IOException("authentication " + message.body()[3]);
      }
    }
  }

  /**
   * What the server said between AuthenticationOk and ReadyForQuery, both left out and in, and
   * NegotiateProtocolVersion before them.
   */
  public List<Message> greeting() {
    return greeting;
  }

  /** BackendKeyData. */
  public Message key() {
    return greeting.stream().filter(each -> each.type() == 'K').findFirst().orElseThrow();
  }

  /** Sends messages in one write. */
  public void send(byte[]... messages) throws IOException {
    int length = 0;
    for (byte[] each : messages) {
      length += each.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] each : messages) {
      System.arraycopy(each, 0, all, at, each.length);
      at += each.length;
    }
    out.write(all);
  }

  /**
   * Reads one message.
   *
   * @throws EOFException when the server has closed the connection
   */
  public Message read() throws IOException {
    try {
      char type = (char) in.readUnsignedByte();
      byte[] body = new byte[in.readInt() - 4];
      in.readFully(body);
      return new Message(type, body);
    } catch (SocketException e) {
      // A reset instead of an end says the same: bytes of ours were still unread over there.
      throw (EOFException) new EOFException(e.getMessage()).initCause(e);
    }
  }

  /** Reads up to and with the first message of this type. */
  public List<Message> until(char type) throws IOException {
    List<Message> messages = new ArrayList<>();
    do {
      messages.add(read());
    } while (messages.getLast().type() != type);
    return messages;
  }

  /** Reads up to and with the next ReadyForQuery. */
  public List<Message> ready() throws IOException {
    return until('Z');
  }

  /** Reads until the server closes the connection. */
  public List<Message> toEnd() throws IOException {
    return read(false);
  }

  /** Every byte until the server closes the connection, whatever they are. */
  public byte[] rest() throws IOException {
    return in.readAllBytes();
  }

  /** Reads until the server closes the connection or says nothing for so long. */
  public void drain(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      while (in.skip(Long.MAX_VALUE) > 0 || in.read() >= 0) {
        // More may come.
      }
    } catch (SocketTimeoutException e) {
      // It is silent.
    } finally {
      socket.setSoTimeout(READ_BOUND_MILLIS);
    }
  }

  /** Reads up to and with the next ReadyForQuery, or until the server closes the connection. */
  public List<Message> readyOrEnd() throws IOException {
    return read(true);
  }

  private List<Message> read(boolean toReady) throws IOException {
    List<Message> messages = new ArrayList<>();
    try {
      do {
        messages.add(read());
      } while (!toReady || messages.getLast().type() != 'Z');
    } catch (EOFException e) {
      // What came before it counts.
    }
    return messages;
  }

  /** Sends a simple query and reads its replies. */
  public List<Message> query(String sql) throws IOException {
    send(Send.query(sql));
    return ready();
  }

  /** The first column of the only row of a simple query. */
  public String value(String sql) throws IOException {
    List<Message> replies = query(sql);
    return replies.stream()
        .filter(each -> each.type() == 'D')
        .findFirst()
        .orElseThrow(() -> new AssertionError(sql + ": " + replies))
        .row()
        .getFirst();
  }

  /** Sends a CancelRequest for this connection, on a connection of its own. */
  public void cancel(HostPort at) throws IOException {
    try (Wire other = open(at)) {
      other.send(Send.cancel(key()));
      other.toEnd();
    }
  }

  /** Closes this end of the connection: nothing more is sent, and what comes is still read. */
  public void finishSending() throws IOException {
    socket.shutdownOutput();
  }

  /** Ends the connection with a reset, as when the client's machine loses power. */
  public void vanish() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Closes the socket, without Terminate. */
  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** The server refused the login. */
  public static final class Refused extends IOException {
    private final transient Message error;

    Refused(Message error) {
      super(error.toString());
      this.error = error;
    }

    public Message error() {
      return error;
    }
  }
}
