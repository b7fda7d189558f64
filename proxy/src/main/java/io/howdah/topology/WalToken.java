package io.howdah.topology;

import java.util.Locale;

/**
 * A point in a cluster's history that a reader must have reached: everything up to a position of a
 * timeline. Its text form, such as {@code 1:0/3000148}, is what clients carry about.
 *
 * <p>A node has reached it when it is on that timeline or a later one, and has replayed up to the
 * position. A later timeline holds all that was before the earlier one's end; what an old primary
 * wrote past that point is lost to the cluster, and no reader can have it. On an earlier timeline
 * the same number may be the number of something else.
 *
 * @param timeline at least 1
 * @param lsn the position, of an end of a record
 */
public record WalToken(int timeline, Lsn lsn) {
  public WalToken {
    if (timeline < 1) {
      throw new IllegalArgumentException("no timeline: " + timeline);
    }
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static WalToken parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1 || colon > 10 || !text.chars().allMatch(WalToken::mayStand)) {
      throw new IllegalArgumentException("not a timeline and an LSN: " + text);
    }
    return new WalToken(Integer.parseInt(text, 0, colon, 10), Lsn.parse(text.substring(colon + 1)));
  }

  private static boolean mayStand(int c) {
    return c == ':' || c == '/' || Character.digit(c, 16) >= 0 && c < 128;
  }

  /** Whether a node there has reached it. */
  public boolean isReached(int nodeTimeline, Lsn replayed) {
    return nodeTimeline >= timeline && replayed.compareTo(lsn) >= 0;
  }

  /** The one of both that implies the other, as far as one of them can. */
  public static WalToken later(WalToken a, WalToken b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    if (a.timeline != b.timeline) {
      return a.timeline > b.timeline ? a : b;
    }
    return a.lsn.compareTo(b.lsn) >= 0 ? a : b;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d:%s", timeline, lsn);
  }
}
