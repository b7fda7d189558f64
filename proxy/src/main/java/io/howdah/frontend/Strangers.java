package io.howdah.frontend;

import io.howdah.error.PgError;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One loop's connections that have not proven who they are. They count against no limit of users or
 * databases, which nobody may fill without a password, but against one of their own: above that the
 * one that has been there longest goes, which is not one that is about to log in. Each loop keeps
 * one in any case, so the newest has its chance.
 *
 * <p>Thread: the event loop; the total is shared by all loops.
 */
final class Strangers {
  private final AtomicInteger total;
  private final Set<ClientSession> here = new LinkedHashSet<>();

  /**
   * @param total how many there are on all loops
   */
  Strangers(AtomicInteger total) {
    this.total = total;
  }

  /** A connection was accepted. */
  void enters(ClientSession session, int limit) {
    here.add(session);
    if (total.incrementAndGet() > limit && here.size() > 1) {
      ClientSession oldest = here.iterator().next();
      leaves(oldest);
      Admission.refuse(oldest, new PgError.TooManyUnauthenticated(limit));
    }
  }

  /** It has proven who it is, or is gone. */
  void leaves(ClientSession session) {
    if (here.remove(session)) {
      total.decrementAndGet();
    }
  }
}
