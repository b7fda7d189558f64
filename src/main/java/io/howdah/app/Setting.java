package io.howdah.app;

/**
 * One value that was given.
 *
 * @param key its full key, as Howdah spells it
 * @param value the text as given, expressions resolved
 * @param origin where it came from, for people; empty if unknown
 * @param ordinal the precedence of its source: the highest wins
 */
record Setting(String key, String value, String origin, int ordinal) {
  /** The value in quotes and where it came from. Not for secrets. */
  String shown() {
    return '"' + value + '"' + from();
  }

  /** Where it came from in brackets with a leading space, or nothing. */
  String from() {
    return origin.isEmpty() ? "" : " (" + origin + ")";
  }

  @Override
  public String toString() {
    return key + from();
  }
}
