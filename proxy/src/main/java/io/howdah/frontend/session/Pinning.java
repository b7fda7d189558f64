package io.howdah.frontend.session;

import io.howdah.backend.connection.Inspection;
import io.howdah.route.fact.PinKind;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Why one session must keep its server connection. Statements decide when it is worth to look
 * whether that is still so; the server decides whether it is.
 *
 * <p>Thread: the session's event loop.
 */
public final class Pinning {
  /** Null in nearly every session. */
  private Map<PinKind, String> reasons;

  private boolean mayBeGone;

  /** Whether there is any reason. */
  public boolean isPinned() {
    return reasons != null;
  }

  /** The reasons for people, between commas; null when there are none. */
  public String text() {
    return reasons == null ? null : String.join(", ", reasons.values());
  }

  /** The kind that metrics count the session under: the first; null when it is not pinned. */
  public PinKind kind() {
    return reasons == null ? null : reasons.keySet().iterator().next();
  }

  /** Whether there is a reason of the kind. */
  boolean has(PinKind kind) {
    return reasons != null && reasons.containsKey(kind);
  }

  /** Adds a reason; false when there was one of the kind. The first of a kind is kept. */
  boolean add(PinKind kind, String reason) {
    if (reasons == null) {
      reasons = new EnumMap<>(PinKind.class);
    }
    return reasons.putIfAbsent(kind, reason) == null;
  }

  /** Something was done that may have taken a reason away. */
  public void mayBeGone() {
    mayBeGone |= reasons != null && reasons.keySet().stream().anyMatch(PinKind::isVisible);
  }

  /** Whether to look, now that no transaction is open. */
  public boolean isToBeLookedAt() {
    return mayBeGone && reasons != null;
  }

  /** What to look at. */
  public Set<Inspection.Part> parts() {
    Set<Inspection.Part> parts = EnumSet.noneOf(Inspection.Part.class);
    if (reasons != null) {
      for (PinKind kind : reasons.keySet()) {
        switch (kind) {
          case TEMPORARY_OBJECT -> parts.add(Inspection.Part.TEMPORARY_OBJECTS);
          case ADVISORY_LOCK -> parts.add(Inspection.Part.ADVISORY_LOCKS);
          case HELD_CURSOR -> parts.add(Inspection.Part.HELD_CURSORS);
          case LISTEN -> parts.add(Inspection.Part.CHANNELS);
          case PREPARED_STATEMENT -> parts.add(Inspection.Part.PREPARED_STATEMENTS);
          case SETTING, SEQUENCE, LIBRARY, RANDOM_SEED, UNKNOWN_EFFECT, LASTING, OTHER -> {}
        }
      }
    }
    return parts;
  }

  /** Whether a reason is one that no reset undoes. */
  public boolean isIndelible() {
    return reasons != null && reasons.keySet().stream().anyMatch(PinKind::isIndelible);
  }

  /** Takes a reason away. */
  public void remove(PinKind kind) {
    if (reasons != null) {
      reasons.remove(kind);
      dropIfEmpty();
    }
  }

  /** DISCARD ALL: everything goes that can. */
  public void discardAll() {
    if (reasons != null) {
      reasons.keySet().removeIf(kind -> !kind.isIndelible());
      dropIfEmpty();
    }
  }

  /** Takes in what the server has. */
  public void seen(Inspection.Findings found) {
    mayBeGone = false;
    if (reasons == null) {
      return;
    }
    removeUnless(PinKind.TEMPORARY_OBJECT, found.temporaryObjects() > 0);
    removeUnless(PinKind.ADVISORY_LOCK, found.advisoryLocks() > 0);
    removeUnless(PinKind.HELD_CURSOR, !found.heldCursors().isEmpty());
    removeUnless(PinKind.LISTEN, !found.channels().isEmpty());
    removeUnless(PinKind.PREPARED_STATEMENT, !found.preparedBySql().isEmpty());
    dropIfEmpty();
  }

  private void removeUnless(PinKind kind, boolean there) {
    if (!there) {
      reasons.remove(kind);
    }
  }

  private void dropIfEmpty() {
    if (reasons.isEmpty()) {
      reasons = null;
    }
  }

  /** The kinds at hand, for tests. */
  Set<PinKind> kinds() {
    return reasons == null ? EnumSet.noneOf(PinKind.class) : EnumSet.copyOf(reasons.keySet());
  }
}
