package io.howdah.lab;

/** How a server is brought down; see "Shutting Down the Server" in PostgreSQL's manual. */
public enum StopMode {
  /** Disconnects the clients, rolls back their transactions, writes a shutdown checkpoint. */
  FAST("INT"),
  /** Aborts at once; the next start recovers from the log. Clients still get a 57P01 or similar. */
  IMMEDIATE("QUIT"),
  /** Kills the postmaster with SIGKILL, as the kernel does when memory is short. */
  KILL("KILL");

  private final String signal;

  StopMode(String signal) {
    this.signal = signal;
  }

  String signal() {
    return signal;
  }
}
