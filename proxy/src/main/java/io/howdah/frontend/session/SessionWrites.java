package io.howdah.frontend.session;

import io.howdah.backend.pools.PoolGroup;
import io.howdah.config.CausalReads;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.topology.CommitPoint;
import io.howdah.topology.Commits;
import io.howdah.topology.NodeId;
import io.howdah.topology.WalToken;

/**
 * What a session's reads must see: its own commits and whatever it has read or was notified of, or
 * with {@link CausalReads#GLOBAL} also all that clients of this proxy were told of. What it did on
 * the primary is only numbered; where it is in the WAL is found out when a read is about to go to a
 * replica. So it is with what it has read on a replica ({@link LastRead}).
 *
 * <p>Thread: the session's event loop.
 */
public final class SessionWrites {
  private static final String SYNCHRONOUS_COMMIT = "synchronous_commit";

  private final PoolGroup pools;
  private final Commits commits;

  /** What it has read on a replica. */
  private final LastRead lastRead;

  /**
   * Something was sent that may write, or that has seen what the primary has, and its transaction
   * was not acknowledged yet.
   */
  private boolean sent;

  /** Of that: the server may acknowledge it unflushed. */
  private boolean sentUnflushed;

  /** Of the commit to be located: the server may have acknowledged it unflushed. */
  private boolean unflushed;

  /** The session has had something to do with the setting. */
  private boolean asynchronous;

  /** The commit to be located; 0 when none is. */
  private long number;

  /** All commits up to this one are before {@link #token}. */
  private long located;

  /** What reads must see, as far as it is located; null for nothing in particular. */
  private WalToken token;

  /** The client said itself what reads must see. */
  private boolean imported;

  /** All that had been acknowledged when the request at hand was given its connection. */
  private long seen;

  SessionWrites(PoolGroup pools) {
    this.pools = pools;
    this.commits = pools.replay().commits();
    this.lastRead = new LastRead(pools.replay().places());
  }

  /** The session begins with this setting, or with null. */
  void startsWith(String synchronousCommit) {
    asynchronous = synchronousCommit != null;
  }

  /**
   * A statement is being sent. On the primary what reads by its text may write all the same, by a
   * view or a function whose catalog entry lies; and what it sees no later read may lack.
   */
  public void sending(Facts facts, boolean toPrimary) {
    Kind kind = facts.kind();
    if (kind == Kind.WRITE || kind == Kind.UNKNOWN) {
      sent = true;
      sentUnflushed |= runsCode(facts.reason());
    } else if (kind == Kind.READ && toPrimary && areReadsNoted() && pools.nodes().hasSeveral()) {
      sent = true;
      // Others may have committed unflushed what it sees.
      sentUnflushed |= commits.mayBeUnflushed();
    }
    for (int i = 0; i < facts.effects().size(); i++) {
      asynchronous |= mayChangeFlushing(facts.effects().get(i));
    }
  }

  /** A function call is being sent: nobody knows what it does. */
  public void sendingCall() {
    sent = true;
    sentUnflushed = true;
  }

  /** Any function may set the setting for the transaction that it runs in. */
  private static boolean runsCode(Reason reason) {
    return reason.hidesEffects() || reason == Reason.VOLATILE_FUNCTION;
  }

  private static boolean mayChangeFlushing(SessionEffect effect) {
    return switch (effect) {
      case SessionEffect.SetParameter set -> set.name().equals(SYNCHRONOUS_COMMIT);
      case SessionEffect.SetParameterText set -> set.name().equals(SYNCHRONOUS_COMMIT);
      case SessionEffect.LocalSetting set ->
          set.name() == null || set.name().equals(SYNCHRONOUS_COMMIT);
      case SessionEffect.UnknownSetting set ->
          set.name() == null || set.name().equals(SYNCHRONOUS_COMMIT);
      case SessionEffect.Unseen _, SessionEffect.CatalogSettings _ -> true;
      default -> false;
    };
  }

  /** A replica ended a request, of which the client is about to hear. */
  public void readEnded(NodeId replica, long beganNanos, long nowNanos) {
    if (areReadsNoted()) {
      lastRead.ended(replica, beganNanos, nowNanos);
    }
  }

  /** The client is about to hear of a notification: what was committed with it must be seen. */
  public void notified() {
    if (areReadsNoted()) {
      acknowledge(commits.mayBeUnflushed());
    }
  }

  /**
   * The server has completed a command that may have ended a transaction, though no request of the
   * client's has ended with it: as COMMIT AND CHAIN, or any COMMIT before a Flush.
   */
  public void mayHaveCommitted() {
    if (sent) {
      acknowledge(asynchronous || sentUnflushed);
    }
  }

  private void acknowledge(boolean mayBeUnflushed) {
    unflushed |= mayBeUnflushed;
    number = commits.acknowledged(unflushed);
    // The primary's place is behind all that any replica had.
    lastRead.forget();
  }

  /** Whether what the session reads and hears counts, besides what it writes. */
  private boolean areReadsNoted() {
    return imported || pools.nodes().causalReads() != CausalReads.OFF;
  }

  /**
   * The server ended a request, of which the client is about to hear.
   *
   * @param owed requests that are still under way
   * @param standby whether the server is one: then it refused whatever writes
   */
  public void ready(byte status, int owed, boolean standby) {
    // Within a transaction an earlier one may have ended, as by COMMIT AND CHAIN: of that, another
    // session may know before this one goes on.
    if (sent && (status == 'I' || pools.nodes().causalReads() == CausalReads.GLOBAL)) {
      if (!standby) {
        acknowledge(asynchronous || sentUnflushed);
      }
      sent = status != 'I' || owed > 0;
      sentUnflushed &= sent;
    }
  }

  /** Whether a read that begins now must see certain commits. */
  public boolean concernRead() {
    switch (pools.nodes().causalReads()) {
      case SESSION -> {}
      case OFF -> {
        if (!imported) {
          return false;
        }
      }
      case GLOBAL -> {
        seen = commits.count();
        if (seen > located) {
          number = seen;
          unflushed |= commits.mayBeUnflushed();
        }
      }
    }
    return number != 0 || token != null || lastRead.isNoted();
  }

  /** What reads must see is about to be told to the client. */
  public void concernExport() {
    if (lastRead.isNoted()) {
      acknowledge(commits.mayBeUnflushed());
    } else if (pools.nodes().causalReads() == CausalReads.GLOBAL && commits.count() > located) {
      number = commits.count();
      unflushed |= commits.mayBeUnflushed();
    }
  }

  /**
   * Reads must see all up to a place from now on, also where they need see nothing otherwise.
   *
   * @param place as another session told it
   */
  public void mustSee(WalToken place) {
    imported = true;
    token = WalToken.later(token, place);
  }

  /** Whether something was sent that may have to be seen and was not acknowledged yet. */
  public boolean isSent() {
    return sent;
  }

  /** Whether a further read may join those on their way to the replica that has them. */
  public boolean allowJoining() {
    if (number != 0 && areReadsNoted()) {
      // As it was notified of something since.
      return false;
    }
    return pools.nodes().causalReads() != CausalReads.GLOBAL || commits.count() == seen;
  }

  /** The commit whose place must be found out first; 0 when that of all is known. */
  public long unlocated() {
    if (number != 0) {
      CommitPoint point = commits.behind(number);
      if (point == null) {
        return number;
      }
      token = WalToken.later(token, point.token(unflushed));
      located = point.covers();
      number = 0;
      unflushed = false;
    }
    return 0;
  }

  /**
   * The replica that has served a read of which it is not known yet what later ones must see; null
   * when there is none.
   */
  public NodeId unsettled() {
    WalToken seen = lastRead.isNoted() ? lastRead.settle() : null;
    if (seen != null) {
      token = WalToken.later(token, seen);
    }
    return lastRead.replica();
  }

  /** The replica {@link #unsettled} is not to be asked, or can't tell: the primary has to. */
  public void settleByPrimary() {
    acknowledge(commits.mayBeUnflushed());
  }

  /** What it has read on a replica. */
  public LastRead lastRead() {
    return lastRead;
  }

  /** What a read must see, once nothing is {@link #unlocated} and nothing {@link #unsettled}. */
  public WalToken token() {
    return token;
  }
}
