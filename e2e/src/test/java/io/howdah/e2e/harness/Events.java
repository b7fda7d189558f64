package io.howdah.e2e.harness;

import io.howdah.telemetry.Telemetry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what Howdah reports, so that a test can say that nothing went wrong inside. */
public final class Events implements Telemetry {
  private final AtomicInteger primaryChanges = new AtomicInteger();
  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final Queue<String> leaks = new ConcurrentLinkedQueue<>();
  private final Queue<String> pins = new ConcurrentLinkedQueue<>();
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  private final Queue<String> replays = new ConcurrentLinkedQueue<>();

  @Override
  public void serverClosed(
      String node, String user, String database, String reason, boolean violation) {
    if (violation) {
      faults.add("protocol violation of " + node + ": " + reason);
    }
  }

  @Override
  public void primaryChanged(String cluster, String from, String to, long version) {
    primaryChanges.incrementAndGet();
  }

  /** How often the primary has become another one, or none. */
  public int primaryChanges() {
    return primaryChanges.get();
  }

  @Override
  public void serverRefuses(
      String node, String user, String database, String sqlstate, String message) {
    refusals.add(node + " refuses " + user + " at " + database + ": " + sqlstate);
  }

  @Override
  public void serverAccepts(String node, String user, String database) {
    refusals.add(node + " accepts " + user + " at " + database);
  }

  @Override
  public void pinned(long session, String kind, String reason) {
    pins.add(reason);
  }

  @Override
  public void errorSent(long session, String sqlstate, String message) {
    errors.add(sqlstate + " " + message);
  }

  @Override
  public void replayed(long session, String node, String reason, String sqlstate) {
    replays.add(reason + " " + sqlstate);
  }

  @Override
  public void leaked(
      String node, String user, String database, String kind, String what, String suspects) {
    leaks.add(kind + ": " + what + "; " + suspects);
  }

  /**
   * The same, and keeps all that Howdah says to whoever observes it: logs have nothing else. Every
   * route is asked for, as a log at its finest would.
   */
  Telemetry recording() {
    return (Telemetry)
        Proxy.newProxyInstance(
            Telemetry.class.getClassLoader(),
            new Class<?>[] {Telemetry.class},
            (_, method, arguments) -> {
              if (method.getName().equals("wantsRoutes")) {
                return true;
              }
              record(method.getName(), arguments);
              return method.invoke(this, arguments);
            });
  }

  private void record(String event, Object[] arguments) {
    StringBuilder text = new StringBuilder(event);
    for (Object each : arguments) {
      StringWriter stack = new StringWriter();
      if (each instanceof Throwable thrown) {
        thrown.printStackTrace(new PrintWriter(stack));
      }
      text.append(' ').append(each).append(stack);
    }
    told.add(text.toString());
  }

  /** All that Howdah has said, where that is kept. */
  public List<String> told() {
    return new ArrayList<>(told);
  }

  /** What was found in connections that were given back, with the statements suspected. */
  public List<String> leaks() {
    return new ArrayList<>(leaks);
  }

  @Override
  public void fault(String where, Throwable cause) {
    StringBuilder text = new StringBuilder(where).append(": ").append(cause);
    for (StackTraceElement frame : cause.getStackTrace()) {
      text.append("\n\tat ").append(frame);
    }
    faults.add(text.toString());
  }

  /** Faults of Howdah itself, and replies that its ledger did not expect. */
  public List<String> faults() {
    return new ArrayList<>(faults);
  }

  /** Errors of Howdah's own that clients were sent, in order: SQLSTATE and message. */
  public List<String> errors() {
    return new ArrayList<>(errors);
  }

  /** Requests that were run once more, in order: why, and what the server had said. */
  public List<String> replays() {
    return new ArrayList<>(replays);
  }

  /** Nodes that began to refuse connections, and that opened one again, in order. */
  public List<String> refusals() {
    return new ArrayList<>(refusals);
  }

  /** Why sessions were bound to their server connections, in order. */
  public List<String> pins() {
    return new ArrayList<>(pins);
  }
}
