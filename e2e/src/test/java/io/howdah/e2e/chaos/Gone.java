package io.howdah.e2e.chaos;

/** A session ended, or was refused a server, in a way that may happen: a new one begins. */
final class Gone extends Exception {
  private static final long serialVersionUID = 1;

  Gone(String why) {
    super(why);
  }
}
