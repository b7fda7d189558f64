package io.howdah.auth;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * SASLprep (RFC 4013) with the choices that PostgreSQL's server and libpq make, since both sides of
 * a SCRAM exchange must come to the same bytes: pure ASCII passes unchanged, control characters
 * included; the tables are asked about the mapped text before normalization; and a password that
 * SASLprep prohibits is used as it is.
 */
final class SaslPrep {
  private SaslPrep() {}

  /** The bytes of a password as they go into SCRAM. */
  static byte[] passwordBytes(String password) {
    return prepare(password).orElse(password).getBytes(StandardCharsets.UTF_8);
  }

  /** The prepared text, or empty when SASLprep prohibits it. */
  static Optional<String> prepare(String text) {
    if (text.chars().allMatch(c -> c < 0x80)) {
      return Optional.of(text);
    }
    int[] mapped = text.codePoints().flatMap(SaslPrep::map).toArray();
    if (mapped.length == 0 || prohibited(mapped) || mixesDirections(mapped)) {
      return Optional.empty();
    }
    String joined = new String(mapped, 0, mapped.length);
    return Optional.of(Normalizer.normalize(joined, Normalizer.Form.NFKC));
  }

  private static IntStream map(int codePoint) {
    if (StringPrepTables.SPACES.contains(codePoint)) {
      return IntStream.of(' ');
    }
    return StringPrepTables.NOTHING.contains(codePoint)
        ? IntStream.empty()
        : IntStream.of(codePoint);
  }

  private static boolean prohibited(int[] text) {
    return IntStream.of(text)
        .anyMatch(
            c ->
                StringPrepTables.PROHIBITED.contains(c) || StringPrepTables.UNASSIGNED.contains(c));
  }

  /** RFC 3454, section 6: right-to-left text must begin and end so, and hold nothing else. */
  private static boolean mixesDirections(int[] text) {
    CodePoints rightToLeft = StringPrepTables.RIGHT_TO_LEFT;
    if (IntStream.of(text).noneMatch(rightToLeft::contains)) {
      return false;
    }
    return IntStream.of(text).anyMatch(StringPrepTables.LEFT_TO_RIGHT::contains)
        || !rightToLeft.contains(text[0])
        || !rightToLeft.contains(text[text.length - 1]);
  }
}
