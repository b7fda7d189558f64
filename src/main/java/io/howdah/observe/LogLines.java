package io.howdah.observe;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** How a line of the log is written: its fields, its one line, and how many of a kind there are. */
final class LogLines {
  private static final int LIMIT = 10;
  private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

  private LogLines() {}

  /** One kind of event that may come in floods. */
  record Flood(Logger log, Logger.Level level, String what, FloodGate gate) {}

  static Flood flood(Logger log, Logger.Level level, String what, LongSupplier nanos) {
    return new Flood(log, level, what, new FloodGate(LIMIT, WINDOW_NANOS, nanos));
  }

  static void write(Flood flood, Map<String, Object> fields, String format, Object... values) {
    FloodGate.Verdict verdict = flood.gate().ask();
    if (verdict.pass()) {
      tell(flood, verdict.dropped());
      write(flood.log(), flood.level(), fields, format, values);
    }
  }

  static void tell(Flood flood, long dropped) {
    if (dropped > 0) {
      flood.log().logf(flood.level(), "%d more %s were not logged", dropped, flood.what());
    }
  }

  static void write(
      Logger log, Logger.Level level, Map<String, Object> fields, String format, Object... values) {
    if (!log.isEnabled(level)) {
      return;
    }
    fields.forEach(MDC::put);
    try {
      log.logf(level, format, Arrays.stream(values).map(LogLines::oneLine).toArray());
    } finally {
      fields.keySet().forEach(MDC::remove);
    }
  }

  /** Names come from clients: a line break in one must not look like a line of the log. */
  private static Object oneLine(Object value) {
    return value instanceof String text ? text.replaceAll("\\p{Cntrl}", "?") : value;
  }

  static Map<String, Object> fields(Object... pairs) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i + 1] != null) {
        fields.put((String) pairs[i], pairs[i + 1]);
      }
    }
    return fields;
  }
}
