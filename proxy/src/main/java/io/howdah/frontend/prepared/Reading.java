package io.howdah.frontend.prepared;

import io.howdah.backend.statement.Writing;
import io.howdah.route.function.Catalog;
import io.howdah.route.function.Functions;

/**
 * How the text of a session's statements is read; what is known of a query string depends on it.
 *
 * <p>Thread: immutable.
 */
public final class Reading {
  private final boolean none;
  private final boolean conforming;
  private final boolean utf8;
  private final Catalog.View functions;

  /** Null where it can't be told. */
  private final Writing writing;

  private Reading(
      boolean none, boolean conforming, boolean utf8, Writing writing, Catalog.View functions) {
    this.none = none;
    this.utf8 = utf8;
    this.writing = writing;
    this.conforming = conforming;
    this.functions = functions;
  }

  /**
   * @param encoding {@code client_encoding}
   * @param conforming {@code standard_conforming_strings}: backslashes in plain strings are
   *     characters
   * @param functions of users, as the session sees them
   */
  public static Reading of(String encoding, boolean conforming, Catalog.View functions) {
    return new Reading(
        !Encodings.isAsciiSafe(encoding),
        conforming,
        encoding.equalsIgnoreCase("UTF8"),
        new Writing(encoding, conforming),
        functions);
  }

  /** Where encoding and quoting can't be told: texts are read that mean the same in all. */
  public static Reading inDoubt(Catalog.View functions) {
    return new Reading(false, true, false, null, functions);
  }

  /** Whether a text is read. */
  boolean isOf(byte[] text, int length) {
    return none ? isAscii(text, length) : writing != null || !Writing.matters(text, length);
  }

  /** In every encoding such a byte with none of another kind before it is ASCII. */
  private static boolean isAscii(byte[] text, int length) {
    for (int i = 0; i < length && text[i] != 0; i++) {
      if (text[i] < 0) {
        return false;
      }
    }
    return true;
  }

  /** Only ASCII is read: the client encoding has bytes that look like it and are not. */
  public boolean isNone() {
    return none;
  }

  /** How texts are meant that are read so; null where it can't be told. */
  public Writing writing() {
    return writing;
  }

  boolean isConforming() {
    return conforming;
  }

  /** What is not ASCII can be told too. */
  boolean isUtf8() {
    return utf8;
  }

  Functions functions() {
    return functions;
  }

  /** Differs between any two ways of reading. */
  public int variant() {
    return functions.number() << 3 | (utf8 ? 4 : 0) | (none ? 2 : 0) | (conforming ? 1 : 0);
  }
}
