package io.howdah.frontend.session;

import io.howdah.backend.pools.SerializableDefault;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.route.classify.Settings;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Target;
import io.howdah.route.lexer.Hint;
import java.util.Map;

/**
 * What a session's transactions are where they don't say it themselves: READ ONLY, and of which
 * isolation level. The session sets that, or its role, database or server do: the one is reported
 * by servers from PostgreSQL 14 on, the other only shows when a replica refuses to read.
 *
 * <p>Thread: the session's event loop.
 *
 * @see <a href="https://www.postgresql.org/docs/18/runtime-config-client.html">PostgreSQL, section
 *     19.11.1</a>
 */
public final class TransactionDefaults {
  public static final String READ_ONLY = "default_transaction_read_only";
  private static final String ISOLATION = "default_transaction_isolation";

  private final SerializableDefault others;

  /** What the session has set; null for nothing. */
  private String isolation;

  private String readOnly;

  /** What the primary does where the session has set nothing. */
  private boolean reportedReadOnly;

  /**
   * @param others what is known of the isolation level where a session sets none
   */
  public TransactionDefaults(SerializableDefault others) {
    this.others = others;
  }

  /** The session has these settings now. */
  void settings(SessionSettings now) {
    Map<String, String> values = now.values();
    isolation = values.get(ISOLATION);
    readOnly = values.get(READ_ONLY);
  }

  /**
   * A server reports {@link #READ_ONLY}.
   *
   * @param replica whether that is a replica, which may be configured to say {@code on} whatever
   *     the primary does
   */
  public void reported(String value, boolean replica) {
    if (value.equals("off")) {
      reportedReadOnly = false;
    } else if (!replica) {
      reportedReadOnly = true;
    }
  }

  /** Whether a transaction is READ ONLY unless it says otherwise; if in doubt it is not. */
  private boolean areReadOnly() {
    return readOnly == null ? reportedReadOnly : Settings.isOn(readOnly);
  }

  /** Whether a transaction is serializable unless it says otherwise, which a replica refuses. */
  private boolean areSerializable() {
    return isolation == null ? others.isKnown() : isolation.equalsIgnoreCase("serializable");
  }

  /** A replica refused to read, as its transaction was serializable by default. */
  public void refusedByReplica() {
    if (isolation == null) {
      others.learn();
    }
  }

  /**
   * Where a query string outside a transaction may go.
   *
   * @param otherwise what counts for a query string whose comments ask for nothing
   */
  public Target target(Facts facts, Hint otherwise) {
    Target target = facts.target(otherwise);
    if (target == Target.PRIMARY
        && facts.kind() == Kind.BEGIN
        && facts.reason().doubtful()
        && areReadOnly()
        && !facts.asksFor(Hint.PRIMARY, otherwise)) {
      target = Target.REPLICA;
    }
    return target == Target.REPLICA && !allowReplica(facts) ? Target.PRIMARY : target;
  }

  /** Whether a replica would serve a query string that begins a transaction, said or not. */
  public boolean allowReplica(Facts facts) {
    return facts.reason().saysLevel() || !areSerializable();
  }
}
