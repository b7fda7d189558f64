package io.howdah.lab;

/**
 * Receives what the lab is doing, one line for a person at a time. Called from the thread that
 * called the lab.
 */
@FunctionalInterface
public interface Progress {
  /** Takes one line, without its line end. */
  void say(String line);

  /** Drops every line. */
  static Progress silent() {
    return line -> {};
  }
}
