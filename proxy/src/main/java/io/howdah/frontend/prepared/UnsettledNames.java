package io.howdah.frontend.prepared;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.statement.Binding;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The names of prepared statements whose Parse or Close is on its way. The session believes in them
 * as soon as they are sent; this remembers what the server's answers say, so that a name stands for
 * that again once all of it is answered and an error has voided the rest.
 *
 * <p>Thread: the session's event loop.
 */
public final class UnsettledNames {
  private static final class Unsettled {
    /** What the name stands for by what was answered; null for nothing. */
    Binding confirmed;

    /** Messages that are not answered. */
    int owed;

    Unsettled(Binding confirmed) {
      this.confirmed = confirmed;
    }
  }

  private final PreparedNames names;
  private final Map<String, Unsettled> unsettled = new HashMap<>(4);

  public UnsettledNames(PreparedNames names) {
    this.names = names;
  }

  /** A name stands for something else than was thought, if it still stands for that. */
  public void replace(byte[] name, Binding before, Binding now) {
    Unsettled pending = unsettled.get(new String(name, StandardCharsets.ISO_8859_1));
    if (pending != null && pending.confirmed == before) {
      pending.confirmed = now;
    }
    if (names.get(name) == before) {
      names.set(name, now);
    }
  }

  /**
   * A Parse or Close of a name is being sent: from now on it stands for {@code binding}, or nothing
   * if that is null. The note learns how the message ended.
   */
  public ReplyLedger.Note becomes(byte[] name, Binding binding) {
    String key = new String(name, StandardCharsets.ISO_8859_1);
    Unsettled pending = unsettled.computeIfAbsent(key, _ -> new Unsettled(names.get(name)));
    pending.owed++;
    names.set(name, binding);
    return new ReplyLedger.Note() {
      @Override
      public void done() {
        pending.confirmed = binding;
        answered();
      }

      @Override
      public void failed() {
        answered();
      }

      private void answered() {
        pending.owed--;
        if (pending.owed == 0) {
          unsettled.remove(key);
          names.set(name, pending.confirmed);
        }
      }
    };
  }
}
