package io.howdah.e2e.hunt;

import io.howdah.e2e.wire.Send;
import java.util.List;

/**
 * One statement, or one string of several, that a client says.
 *
 * @param parameters values to be bound as text; none for a simple query
 * @param extended whether it is said by the extended protocol
 * @param waits whether the client waits for its answer before it goes on
 * @param name of the statement in the extended protocol, mostly none; then it is closed by nobody
 */
record Step(String sql, List<String> parameters, boolean extended, boolean waits, String name) {
  /** One without a name. */
  Step(String sql, List<String> parameters, boolean extended, boolean waits) {
    this(sql, parameters, extended, waits, "");
  }

  /** The messages; ReadyForQuery ends what they are answered with. */
  byte[][] messages() {
    return extended
        ? new byte[][] {
          Send.parse(name, sql),
          Send.bind("", name, parameters.toArray(String[]::new)),
          Send.execute("", 0),
          Send.sync()
        }
        : new byte[][] {Send.query(sql)};
  }

  @Override
  public String toString() {
    return (extended ? "! " : ": ")
        + (name.isEmpty() ? "" : name + " is ")
        + sql
        + (parameters.isEmpty() ? "" : " " + parameters)
        + (waits ? "" : "  (goes on)");
  }
}
