package io.howdah.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Collects the faults of one configuration, so that all are reported at once. Not thread-safe. */
public final class Faults {
  private final List<Fault> found = new ArrayList<>();

  /** Records a fault. */
  public void add(String key, String problem, String allowed) {
    found.add(new Fault(key, problem, allowed));
  }

  /** Records a fault unless {@code ok}. */
  public void check(boolean ok, String key, String problem, String allowed) {
    if (!ok) {
      add(key, problem, allowed);
    }
  }

  /** A number from {@code min} to {@code max}, both included. */
  public void range(String key, long value, long min, long max) {
    check(
        value >= min && value <= max,
        key,
        "is " + value,
        max == Integer.MAX_VALUE || max == Long.MAX_VALUE
            ? min + " or more"
            : "a number from " + min + " to " + max);
  }

  /** A positive duration. */
  public void positive(String key, Duration value) {
    check(!value.isNegative() && !value.isZero(), key, "is " + value, "a duration above 0");
  }

  /** A duration that may be zero, which switches the limit off. */
  public void zeroOrMore(String key, Duration value) {
    check(!value.isNegative(), key, "is " + value, "a duration, 0 for no limit");
  }

  /** Text that is not blank. */
  public void notBlank(String key, String value) {
    check(value != null && !value.isBlank(), key, "is empty", "a name");
  }

  /** What was found, in the order in which it was found. */
  public List<Fault> list() {
    return List.copyOf(found);
  }

  /** Whether nothing was found. */
  public boolean isEmpty() {
    return found.isEmpty();
  }
}
