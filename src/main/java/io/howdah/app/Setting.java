package io.howdah.app;

import java.util.regex.Pattern;

/**
 * One value that was given.
 *
 * @param key its full key, as Howdah spells it
 * @param value the text as given, expressions resolved
 * @param origin where it came from, for people; empty if unknown
 * @param ordinal the precedence of its source: the highest wins
 */
record Setting(String key, String value, String origin, int ordinal) {
  private static final String MASKED = "***";

  /** The name and password of an address, which has no place in any key. */
  private static final Pattern USER_INFO = Pattern.compile("//[^@/\\s]*@");

  /** Whether what is given for a key must not be shown. */
  static boolean isSecret(String key) {
    return key.endsWith("password") || key.endsWith("secret");
  }

  /** The value in quotes and where it came from; a secret is masked. */
  String shown() {
    String shown =
        isSecret(key) ? MASKED : USER_INFO.matcher(value).replaceAll("//" + MASKED + "@");
    return '"' + shown + '"' + from();
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
