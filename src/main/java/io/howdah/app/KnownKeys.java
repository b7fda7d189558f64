package io.howdah.app;

import io.howdah.admin.Nearest;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds the key that somebody most likely meant. */
final class KnownKeys {
  private final Set<String> keys;

  KnownKeys(Set<String> keys) {
    this.keys = keys;
  }

  /** The nearest known key, if one is near enough to be worth naming. */
  Optional<String> near(String unknown) {
    record Candidate(String key, int distance) {}
    String given = plain(unknown);
    return keys.stream()
        .filter(key -> key.indexOf('[') < 0)
        .map(key -> new Candidate(key, distance(given, plain(key), last(unknown), last(key))))
        .filter(c -> c.distance() <= Math.max(2, last(unknown).length() / 4))
        .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::key))
        .map(Candidate::key);
  }

  private static int distance(String a, String b, String lastA, String lastB) {
    // The right word in the wrong section counts as one slip.
    int elsewhere = lastA.equals(lastB) ? 1 : Integer.MAX_VALUE;
    return Math.min(elsewhere, Nearest.edits(a, b));
  }

  private static String last(String key) {
    return plain(key.substring(key.lastIndexOf('.') + 1));
  }

  /** Dots stay out too: a variable's name doesn't tell them from dashes. */
  private static String plain(String key) {
    return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9*]", "");
  }
}
