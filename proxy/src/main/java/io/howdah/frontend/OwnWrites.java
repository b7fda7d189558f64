package io.howdah.frontend;

import io.howdah.backend.PoolGroup;
import io.howdah.config.CausalReads;
import io.howdah.route.Facts;
import io.howdah.route.Kind;
import io.howdah.route.Reason;
import io.howdah.route.SessionEffect;
import io.howdah.topology.CommitPoint;
import io.howdah.topology.Commits;
import io.howdah.topology.WalToken;

/**
 * What a session's reads must see: its own commits, or with {@link CausalReads#GLOBAL} all that
 * clients of this proxy were told of. A commit is only numbered; where it is in the WAL is found
 * out when a read is about to go to a replica.
 *
 * <p>Thread: the session's event loop.
 */
final class OwnWrites {
  private static final String SYNCHRONOUS_COMMIT = "synchronous_commit";

  private final PoolGroup pools;
  private final Commits commits;

  /** Something was sent that may write, and its transaction was not acknowledged yet. */
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

  OwnWrites(PoolGroup pools) {
    this.pools = pools;
    this.commits = pools.replay().commits();
  }

  /** The session begins with this setting, or with null. */
  void startsWith(String synchronousCommit) {
    asynchronous = synchronousCommit != null;
  }

  /** A statement is being sent. */
  void sending(Facts facts) {
    Kind kind = facts.kind();
    if (kind == Kind.WRITE || kind == Kind.UNKNOWN) {
      sent = true;
      sentUnflushed |= runsCode(facts.reason());
    }
    for (int i = 0; i < facts.effects().size(); i++) {
      asynchronous |= mayChangeFlushing(facts.effects().get(i));
    }
  }

  /** A function call is being sent: nobody knows what it does. */
  void sendingCall() {
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
      case SessionEffect.Unseen _ -> true;
      default -> false;
    };
  }

  /**
   * The server ended a request, of which the client is about to hear.
   *
   * @param owed requests that are still under way
   * @param standby whether the server is one: then it refused whatever writes
   */
  void ready(byte status, int owed, boolean standby) {
    // Within a transaction an earlier one may have ended, as by COMMIT AND CHAIN: of that, another
    // session may know before this one goes on.
    if (sent && (status == 'I' || pools.nodes().causalReads() == CausalReads.GLOBAL)) {
      if (!standby) {
        unflushed |= asynchronous || sentUnflushed;
        number = commits.acknowledged(unflushed);
      }
      sent = status != 'I' || owed > 0;
      sentUnflushed &= sent;
    }
  }

  /** Whether a read that begins now must see certain commits. */
  boolean concernRead() {
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
    return number != 0 || token != null;
  }

  /** What reads must see is about to be told to the client. */
  void concernExport() {
    if (pools.nodes().causalReads() == CausalReads.GLOBAL && commits.count() > located) {
      number = commits.count();
      unflushed |= commits.mayBeUnflushed();
    }
  }

  /**
   * Reads must see all up to a place from now on, also where they need see nothing otherwise.
   *
   * @param place as another session told it
   */
  void mustSee(WalToken place) {
    imported = true;
    token = WalToken.later(token, place);
  }

  /** Whether something was sent that may write and was not acknowledged yet. */
  boolean isSent() {
    return sent;
  }

  /** Whether a further read may join those on their way to the replica that has them. */
  boolean allowJoining() {
    return pools.nodes().causalReads() != CausalReads.GLOBAL || commits.count() == seen;
  }

  /** The commit whose place must be found out first; 0 when that of all is known. */
  long unlocated() {
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

  /** What a read must see, once nothing is {@link #unlocated}. */
  WalToken token() {
    return token;
  }
}
