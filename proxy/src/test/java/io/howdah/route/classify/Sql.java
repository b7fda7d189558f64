package io.howdah.route.classify;

import io.howdah.route.fact.Facts;
import io.howdah.route.function.BuiltinFunctions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Classifies texts in tests, at an offset so that none relies on beginning at 0. */
final class Sql {
  private static final Classifier CLASSIFIER = new Classifier(BuiltinFunctions.INSTANCE, 2 << 20);

  private Sql() {}

  static Facts facts(String sql) {
    return facts(sql, true);
  }

  static Facts facts(String sql, boolean standardStrings) {
    return facts(sql.getBytes(StandardCharsets.UTF_8), standardStrings);
  }

  static Facts facts(byte[] text, boolean standardStrings) {
    byte[] padded = new byte[text.length + 7];
    Arrays.fill(padded, (byte) '\'');
    System.arraycopy(text, 0, padded, 3, text.length);
    return CLASSIFIER.classify(padded, 3, text.length, standardStrings);
  }
}
