package io.howdah.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration can't be used; carries every fault that was found. */
public final class InvalidConfig extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  public InvalidConfig(List<Fault> faults) {
    super(
        "The configuration has "
            + (faults.size() == 1 ? "a fault" : faults.size() + " faults")
            + ":\n"
            + faults.stream().map(f -> "  - " + f).collect(Collectors.joining("\n")));
    this.faults = List.copyOf(faults);
  }

  /** Every fault, in the order of the configuration. */
  public List<Fault> faults() {
    return faults;
  }
}
