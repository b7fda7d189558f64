package io.howdah.auth;

import java.util.List;

/** The users file can't be used; carries every fault, each with its line. No secret is shown. */
public final class InvalidUsersFile extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> faults;

  InvalidUsersFile(String file, List<String> faults) {
    super("Users file " + file + ":\n  - " + String.join("\n  - ", faults));
    this.faults = List.copyOf(faults);
  }

  /** Every fault, in the order of the file. */
  public List<String> faults() {
    return faults;
  }
}
