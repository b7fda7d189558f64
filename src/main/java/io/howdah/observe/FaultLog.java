package io.howdah.observe;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Writes faults of Howdah itself with their stack traces, once a minute for each place in the code
 * from which they come; how often it was more is told as a number.
 *
 * <p>Thread: any.
 */
final class FaultLog {
  private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

  /** With more places than this, those beyond share one minute. */
  private static final int MOST_PLACES = 200;

  private static final String OTHERS = "other places";
  private static final Logger LOG = Logger.getLogger("howdah.fault");

  private final LongSupplier nanos;
  private final Map<String, FloodGate> gates = new ConcurrentHashMap<>();

  FaultLog(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Writes one, unless one of the same place was written less than a minute ago. */
  void write(String where, Throwable cause) {
    String place = place(where, cause);
    FloodGate.Verdict verdict = gate(place).ask();
    if (verdict.pass()) {
      tell(place, verdict.dropped());
      LOG.errorf(cause, "a fault of Howdah in %s, contained", where);
    }
  }

  private static String place(String where, Throwable cause) {
    StackTraceElement[] stack = cause.getStackTrace();
    return where + ", " + (stack.length == 0 ? cause.getClass().getName() : stack[0]);
  }

  private FloodGate gate(String place) {
    String key = gates.containsKey(place) || gates.size() < MOST_PLACES ? place : OTHERS;
    return gates.computeIfAbsent(key, _ -> new FloodGate(1, WINDOW_NANOS, nanos));
  }

  /** Tells what was left out in minutes that are over. To be called now and then. */
  void tellDropped() {
    gates.forEach((place, gate) -> tell(place, gate.takeDropped()));
  }

  private static void tell(String place, long dropped) {
    if (dropped > 0) {
      LOG.errorf("%d more faults in %s were not logged", dropped, place);
    }
  }
}
