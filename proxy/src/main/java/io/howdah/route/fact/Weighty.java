package io.howdah.route.fact;

/** Something that is kept for a text, and may take much more memory than the text itself. */
public interface Weighty {
  /** What it takes, in bytes, about. */
  long weight();
}
