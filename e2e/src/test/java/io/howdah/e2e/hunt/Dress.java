package io.howdah.e2e.hunt;

import java.util.Locale;
import java.util.Random;

/** The ways in which SQL can write the same thing. */
final class Dress {
  private final Random random;

  Dress(Random random) {
    this.random = random;
  }

  String pick(String... from) {
    return from[random.nextInt(from.length)];
  }

  /** A constant, as an expression of type text. */
  String text(String value) {
    return switch (random.nextInt(12)) {
      case 0 -> "E" + quoted(value);
      case 1 -> "U&" + quoted(value);
      case 2 -> "$$" + value + "$$";
      case 3 -> "$q$" + value + "$q$";
      case 4 -> quoted(value) + "::text";
      case 5 -> "(" + quoted(value) + ")";
      case 6 -> "CAST(" + quoted(value) + " AS text)";
      case 7 -> "text " + quoted(value);
      case 8 -> cut(value);
      default -> quoted(value);
    };
  }

  /** The same by something that must be computed. */
  String computed(String value) {
    return switch (random.nextInt(5)) {
      case 0 -> quoted(value) + " || ''";
      case 1 -> "format('%s', " + quoted(value) + ")";
      case 2 -> "(SELECT " + quoted(value) + ")";
      case 3 -> "coalesce(NULL, " + quoted(value) + ")";
      default -> "concat(" + quoted(value) + ")";
    };
  }

  /** A constant that goes on in the next line. */
  private String cut(String value) {
    int at = value.length() / 2;
    return quoted(value.substring(0, at)) + "\n " + quoted(value.substring(at));
  }

  static String quoted(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  /** A keyword or a name in some case. */
  String word(String word) {
    return switch (random.nextInt(4)) {
      case 0 -> word.toLowerCase(Locale.ROOT);
      case 1 -> word.substring(0, 1) + word.substring(1).toLowerCase(Locale.ROOT);
      default -> word;
    };
  }

  /** A name, perhaps quoted. */
  String name(String name) {
    return switch (random.nextInt(6)) {
      case 0 -> "\"" + name + "\"";
      case 1 -> "U&\"" + name + "\"";
      default -> name;
    };
  }

  /** What may stand between two words. */
  String gap() {
    return switch (random.nextInt(8)) {
      case 0 -> "\n";
      case 1 -> " /* it's /* nested */ */ ";
      case 2 -> " -- $1 ; '\n";
      case 3 -> "\t";
      default -> " ";
    };
  }
}
