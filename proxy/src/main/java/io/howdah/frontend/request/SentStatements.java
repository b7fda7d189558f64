package io.howdah.frontend.request;

import io.howdah.frontend.effect.Effects;
import io.howdah.frontend.retry.Retry;
import io.howdah.frontend.routing.ReplicaTransaction;
import io.howdah.frontend.routing.RouteReport;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.SessionEffect;
import io.howdah.wire.FrontendType;

/**
 * What is remembered of statements as they are sent: where they run, and what they may do there to
 * transactions and to what the session must see.
 *
 * <p>Thread: the session's event loop.
 */
final class SentStatements {
  private final SessionState state;
  private final Retry retry;
  private final Effects effects;
  private final RouteReport routeReport;
  private final ReplicaTransaction transaction = new ReplicaTransaction();
  private final Attachment attachment;

  /** Something is on its way to a replica that may end a transaction there. */
  private boolean endsReplicaTransaction;

  SentStatements(SessionState state, Retry retry, Effects effects) {
    this.state = state;
    this.attachment = state.attachment;
    this.retry = retry;
    this.effects = effects;
    this.routeReport = new RouteReport(state);
  }

  /** They go to this connection from now on. */
  void begin() {
    transaction.ended();
    endsReplicaTransaction = false;
  }

  /** What is known of the transaction where they go to a replica. */
  ReplicaTransaction transaction() {
    return transaction;
  }

  /** Whether a replica's transaction may be over before what is sent now comes there. */
  boolean mayEndReplicaTransaction() {
    return endsReplicaTransaction;
  }

  /** A request ended; {@code busy} tells whether another is under way. */
  void ready(boolean busy) {
    endsReplicaTransaction &= busy;
  }

  /** A message was sent to the primary that concerns these statements. */
  void toPrimary(byte type, Facts runs) {
    if (runs.changesDatabase() && runsNow(type)) {
      keepOut(runs);
    }
  }

  private static boolean runsNow(byte type) {
    return type == FrontendType.QUERY || type == FrontendType.EXECUTE;
  }

  /** PostgreSQL does this only where nobody else is, Howdah's idle connections included. */
  private void keepOut(Facts runs) {
    for (SessionEffect effect : runs.effects()) {
      if (effect instanceof SessionEffect.DatabaseChange change) {
        state.pools.keepOutOf(change, attachment.server());
      }
    }
  }

  /** Remembers what a statement that is being sent may do. */
  void sending(Facts facts) {
    retry.running(facts);
    routeReport.sending(facts, attachment.pool(), attachment.server());
    state.writes.sending(facts, attachment.pool().isPrimary());
    state.context.sent(facts);
    state.barrier.sending(facts);
    boolean runsCode = facts.runsCode();
    if (runsCode) {
      effects.uncertain.codeRan();
    }
    if (runsCode || facts.reason().mayChangeNames()) {
      attachment.server().suspects().mayUseTemporaries();
    }
    Kind kind = facts.kind();
    if (facts.mayBeginTransaction()) {
      attachment.server().ledger().mayBegin();
    }
    endsReplicaTransaction |= !attachment.pool().isPrimary() && ReplicaTransaction.mayEnd(kind);
    if (!attachment.pool().isPrimary()) {
      transaction.sent(facts, attachment.server().ledger().isBatchOpen());
    }
  }
}
