package io.howdah.frontend.request;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.pools.NodePool;
import io.howdah.config.PoolMode;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.SessionEffect;

/**
 * currval and lastval without a server connection of one's own: the session is led back to the
 * connection on which it wrote last, as long as nobody else has written there since. Where that
 * can't be had, the server session is made to forget whatever it remembers before the statement
 * runs: PostgreSQL then answers as in a new session, and never with another client's value.
 *
 * <p>In a database where they are used or may yet be, a server session forgets also before another
 * client's writes: what it remembers then is surely of one client. Where it did not, nobody is told
 * what it remembers.
 *
 * <p>Thread: the session's event loop.
 */
final class SequenceValues {
  private final SessionState state;
  private final Attachment attachment;

  /** Where the session last ran what may call nextval, and the pool that it is in. */
  private ServerConnection wroteOn;

  private NodePool wroteIn;

  /** The open transaction ran such a statement. */
  private boolean wroteInTransaction;

  SequenceValues(SessionState state) {
    this.state = state;
    this.attachment = state.attachment;
  }

  void begin() {
    wroteInTransaction = false;
  }

  /** Whether a statement's answer depends on what the server session remembers of sequences. */
  private static boolean asks(Facts facts) {
    for (int i = 0; i < facts.effects().size(); i++) {
      if (facts.effects().get(i) instanceof SessionEffect.SequenceUse use && use.pins()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The connection that a request should have instead of the one at hand, leased from {@link
   * #wroteIn}; null when there is none or none is needed. Only between requests, for a session that
   * does not keep its connection.
   */
  ServerConnection better(Facts facts) {
    if (wroteOn == null || wroteOn == attachment.server() || !wroteIn.isPrimary() || !asks(facts)) {
      return null;
    }
    ServerConnection wanted = wroteOn;
    long now = state.session.worker().nanoTime();
    if (!wroteIn.pool().acquire(wanted, now)) {
      return null;
    }
    if (wanted.sequences().isOf(state.session.id())) {
      return wanted;
    }
    wroteOn = null;
    wroteIn.pool().release(wanted, now);
    return null;
  }

  /** The pool of what {@link #better} gave. */
  NodePool wroteIn() {
    return wroteIn;
  }

  /**
   * A Parse is about to be sent. Where it begins a batch that may write, what others did is
   * forgotten here: within the batch it could not be, since some statements want to be alone in
   * theirs. Whether something was sent.
   */
  boolean ahead(Facts facts) {
    if (!mayCallNextval(facts.kind()) && facts.kind() != Kind.BEGIN
        || attachment.server().ledger().isBatchOpen()
        || !mustForget()) {
      return false;
    }
    forget();
    return true;
  }

  private boolean mayCallNextval(Kind kind) {
    return (kind == Kind.WRITE || kind == Kind.UNKNOWN) && state.poolMode != PoolMode.SESSION;
  }

  /** Whether what others did here is forgotten ahead of this session's writes. */
  private boolean mustForget() {
    return state.poolMode != PoolMode.SESSION
        && !wroteInTransaction
        && state.pools.schema().sequenceInterest().isExpected()
        && attachment.server().sequences().mayBeOfAnother(state.session.id())
        && attachment.server().ledger().status() != 'E';
  }

  /**
   * A statement is about to be sent. Whether something was sent ahead of it, which belongs to the
   * batch that is open or is one of its own.
   */
  boolean before(Facts facts) {
    if (facts.kind() == Kind.BEGIN && attachment.server().ledger().status() == 'I') {
      // Within the transaction it might come before its isolation level.
      return ahead(facts);
    }
    if (!mayCallNextval(facts.kind())) {
      return false;
    }
    boolean forget;
    if (!facts.effects().isEmpty() && asks(facts)) {
      state.pools.schema().sequenceInterest().asked();
      forget = !isKnownHere() && attachment.server().ledger().status() != 'E';
    } else {
      forget = !attachment.server().ledger().isBatchOpen() && mustForget();
    }
    if (forget) {
      forget();
    }
    wrote();
    return forget;
  }

  /** What may call nextval is being sent. */
  void wrote() {
    wroteOn = attachment.server();
    wroteIn = attachment.pool();
    wroteInTransaction = true;
    attachment.server().sequences().usedBy(state.session.id());
  }

  private boolean isKnownHere() {
    return wroteOn == attachment.server()
        && attachment.server().sequences().isOf(state.session.id());
  }

  private void forget() {
    state.pools.schema().sequenceInterest().changedHands();
    state.session.reader().passSoFar();
    boolean open = attachment.server().ledger().isBatchOpen();
    attachment.server().ownWork().forgetSequences();
    if (!open) {
      attachment.server().statements().names().endBatch();
    }
  }

  /** A request ended. */
  void ready(byte status) {
    if (status == 'I') {
      wroteInTransaction = false;
    }
  }
}
