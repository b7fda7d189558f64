package io.howdah.frontend.session;

import io.howdah.admin.Snapshot;
import io.howdah.route.fact.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many statements ran where, by the reason of their class, on one event loop.
 *
 * <p>Thread: that loop.
 */
public final class RouteCounts {
  private static final Reason[] REASONS = Reason.values();

  private final long[] onPrimary = new long[REASONS.length];
  private final long[] onReplica = new long[REASONS.length];
  private final long[] wouldRead = new long[REASONS.length];

  /** A statement is being sent. */
  public void ran(Reason reason, boolean primary) {
    (primary ? onPrimary : onReplica)[reason.ordinal()]++;
  }

  /** A request goes to the primary that would go to a replica were reads split. */
  public void wouldRead(Reason reason) {
    wouldRead[reason.ordinal()]++;
  }

  /** What was counted so far; reasons without a count are left out. */
  public List<Snapshot.Route> rows() {
    List<Snapshot.Route> rows = new ArrayList<>();
    for (Reason reason : REASONS) {
      int i = reason.ordinal();
      if (onPrimary[i] + onReplica[i] + wouldRead[i] > 0) {
        rows.add(
            new Snapshot.Route(
                lower(reason.kind()),
                lower(reason),
                onPrimary[i],
                onReplica[i],
                wouldRead[i],
                reason.text()));
      }
    }
    return rows;
  }

  /** As it is written for people and in labels: {@code select-read-only}. */
  public static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
