package io.howdah.e2e.corpus;

import io.howdah.config.HostPort;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Takes psql's connections and gives every statement to a {@link Trial}. Each connection has a
 * thread; scripts run one after the other.
 */
final class Relay implements AutoCloseable {
  /**
   * The replica's own bound, so that a lock that nobody gives back there ends nothing but itself.
   */
  private static final String REPLICA_OPTIONS = " -c statement_timeout=20s -c lock_timeout=2s";

  private final ServerSocket listener;
  private final HostPort primary;
  private final HostPort replica;
  private final String password;
  private final FunctionsNow functions;
  private final Consumer<Outcome> outcomes;
  private volatile Script script;
  private volatile Exception problem;

  /**
   * @param password of the superuser postgres, as whom it logs in for everybody
   */
  Relay(
      HostPort primary,
      HostPort replica,
      String database,
      String password,
      Consumer<Outcome> outcomes)
      throws IOException {
    this.primary = primary;
    this.replica = replica;
    this.password = password;
    this.outcomes = outcomes;
    Wire watch =
        PatientLogin.at(
            primary,
            Map.of("user", "postgres", "database", database, "search_path", "pg_catalog"),
            password);
    functions = new FunctionsNow(watch);
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** What runs from now on is of this script. */
  void runs(Script next) {
    script = next;
  }

  /** What went wrong in here since it was last asked; null for nothing. */
  Exception problem() {
    Exception last = problem;
    problem = null;
    return last;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          problem = e;
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (ClientEnd client = new ClientEnd(socket)) {
      Map<String, String> parameters = client.startup();
      if (parameters != null) {
        serve(client, parameters);
      }
    } catch (EOFException | SocketException e) {
      // A session's end.
    } catch (IOException | RuntimeException e) {
      problem = e;
    }
  }

  private void serve(ClientEnd client, Map<String, String> wanted) throws IOException {
    Map<String, String> parameters = new LinkedHashMap<>(wanted);
    String user = parameters.put("user", "postgres");
    Map<String, String> atReplica = new LinkedHashMap<>(parameters);
    atReplica.merge("options", REPLICA_OPTIONS, String::concat);
    Wire server = PatientLogin.at(primary, parameters, password);
    String opening = "SET SESSION AUTHORIZATION \"" + user + '"';
    server.query(opening);
    try (Trial trial =
        new Trial(client, server, new SpareSession(replica, atReplica, password, opening))) {
      client.say(List.of(new Message('R', new byte[4])));
      client.say(server.greeting());
      while (true) {
        Message message = client.read();
        switch (message.type()) {
          case 'Q' -> query(trial, message.body(), user);
          case 'X' -> {
            return;
          }
          default -> trial.pass(message);
        }
      }
    }
  }

  private void query(Trial trial, byte[] body, String user) throws IOException {
    byte[] text = Arrays.copyOf(body, body.length - 1);
    Outcome outcome = trial.run(text, functions.seenFrom(trial.searchPath(), user), script);
    functions.after(outcome.sql());
    outcomes.accept(outcome);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
