package io.howdah.frontend.startup;

import io.howdah.error.PgError;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the start-up parameter {@code replication} makes of a connection.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-replication.html">PostgreSQL, section
 *     54.4</a>
 */
public enum Replication {
  /** An ordinary one. */
  NONE,
  /** Streams of WAL and base backups; belongs to no database, whatever name it gives. */
  PHYSICAL,
  /** Logical decoding in a database; SQL works too. */
  LOGICAL;

  private static final List<String> WORDS = List.of("true", "yes", "on", "1");
  private static final List<String> NO_WORDS = List.of("false", "no", "off", "0");

  /** The kind that a value means; empty when the server would refuse it. */
  public static Optional<Replication> of(String value) {
    if (value == null) {
      return Optional.of(NONE);
    }
    if (value.equals("database")) {
      return Optional.of(LOGICAL);
    }
    // As the server reads booleans: any case, any beginning of a word that is one word's alone.
    String word = value.toLowerCase(Locale.ROOT);
    if (word.isEmpty() || word.equals("o")) {
      return Optional.empty();
    }
    if (WORDS.stream().anyMatch(w -> w.startsWith(word))) {
      return Optional.of(PHYSICAL);
    }
    return NO_WORDS.stream().anyMatch(w -> w.startsWith(word))
        ? Optional.of(NONE)
        : Optional.empty();
  }

  /** The server's error for a value that means nothing. */
  public static PgError invalid(String value) {
    return new PgError.InvalidReplication(value);
  }
}
