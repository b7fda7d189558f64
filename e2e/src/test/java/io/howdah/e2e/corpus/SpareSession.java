package io.howdah.e2e.corpus;

import io.howdah.config.HostPort;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.util.Map;

/** The same session on a replica; made anew when the replica ends it. */
final class SpareSession implements AutoCloseable {
  private final HostPort replica;
  private final Map<String, String> parameters;
  private final String password;
  private final String opening;
  private Wire wire;

  /**
   * @param opening what is said first
   */
  SpareSession(HostPort replica, Map<String, String> parameters, String password, String opening)
      throws IOException {
    this.replica = replica;
    this.parameters = parameters;
    this.password = password;
    this.opening = opening;
    wire = login();
  }

  private Wire login() throws IOException {
    Wire fresh = PatientLogin.at(replica, parameters, password);
    fresh.query(opening);
    return fresh;
  }

  /**
   * Runs a text; answers the error, or null. No transaction stays open. What needs a transaction
   * gets one.
   */
  Outcome.Refusal run(byte[] text) throws IOException {
    Outcome.Refusal refusal = runOnce(text);
    boolean needsTransaction = refusal != null && refusal.sqlstate().equals("25P01");
    return needsTransaction ? runOnce(Trial.with(text, "\n;SELECT 1")) : refusal;
  }

  private Outcome.Refusal runOnce(byte[] text) throws IOException {
    try {
      wire.send(Send.message('Q', Trial.with(text, "\0")));
      Outcome.Refusal refusal = null;
      while (true) {
        Message message = wire.read();
        switch (message.type()) {
          case 'E' -> refusal = new Outcome.Refusal(message.sqlstate(), message.field('M'));
          case 'G' -> wire.send(Send.message('f', new byte[1]));
          case 'Z' -> {
            if (message.body()[0] != 'I') {
              wire.query("ROLLBACK");
            }
            return refusal;
          }
          default -> {}
        }
      }
    } catch (EOFException e) {
      wire.close();
      wire = login();
      return new Outcome.Refusal("08006", "the replica closed the connection");
    }
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
