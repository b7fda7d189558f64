package io.howdah.frontend;

/** Console. */
final class ConsolePhase implements Phase {
  ConsolePhase(ClientSession session, boolean admin) {}

  void begin() {}

  @Override
  public String state() {
    return "active";
  }
}
