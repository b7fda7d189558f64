package io.howdah.frontend;

/** How the text of a session's statements is read; what is known of a text depends on it. */
enum Reading {
  /** Backslashes in plain strings are characters: {@code standard_conforming_strings} is on. */
  CONFORMING,
  /** Backslashes in plain strings escape. */
  ESCAPING,
  /** Not at all: the client encoding has bytes that look like ASCII and are not. */
  NONE
}
