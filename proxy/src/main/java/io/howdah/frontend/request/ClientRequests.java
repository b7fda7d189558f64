package io.howdah.frontend.request;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.error.PgError;
import io.howdah.frontend.effect.Effects;
import io.howdah.frontend.lease.Lease;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.naming.StatementNames;
import io.howdah.frontend.parameter.HowdahReplies;
import io.howdah.frontend.prepared.StatementFinder;
import io.howdah.frontend.retry.Retry;
import io.howdah.frontend.routing.ReplicaTransaction;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.OwnMessages;
import io.howdah.frontend.session.RequestAccount;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.settings.InterlacedQuery;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.howdah.wire.Protocol;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;

/**
 * The client's messages on their way to the server: each is noted in the server's ledger, with what
 * its statement may do to the session, and passes as it is where nothing has to be changed in it.
 *
 * <p>Thread: the session's event loop.
 */
public final class ClientRequests {
  private final SessionState state;
  private final RequestAccount account;
  private final InDoubt inDoubt;
  private final HowdahReplies howdah;
  private final Effects effects;
  private final StatementNames names;
  private final SequenceValues sequences;
  private final OwnMessages own;
  private final CopyRequests copies;
  private final Prerequisites prerequisites;
  private final NamingRequests naming;
  private final ExtendedRequests extended;
  private final ServerPlans plans;

  private final Attachment attachment;

  private final SentStatements sent;

  /** What the last simple query runs. */
  private Facts queried = StatementFinder.NOTHING;

  public ClientRequests(
      SessionState state,
      HowdahReplies howdah,
      SessionChannels channels,
      RequestAccount account,
      InDoubt inDoubt,
      Retry retry,
      Effects effects,
      StatementNames names,
      OwnMessages own,
      Lease lease) {
    this.state = state;
    this.attachment = state.attachment;
    this.account = account;
    this.inDoubt = inDoubt;
    this.howdah = howdah;
    this.effects = effects;
    this.names = names;
    this.own = own;
    this.copies = new CopyRequests(state, own, names.errors);
    this.sent = new SentStatements(state, retry, effects);
    this.sequences = new SequenceValues(state);
    this.prerequisites = new Prerequisites(state, channels, lease, account, retry, sequences, own);
    this.plans = new ServerPlans(state, retry, own);
    this.naming =
        new NamingRequests(state, names, retry, sequences, own, lease, prerequisites, plans);
    this.extended =
        new ExtendedRequests(
            state, howdah, effects, names, retry, sequences, own, lease, prerequisites, plans);
  }

  /** They go to this connection from now on. */
  public void begin(ServerConnection connection) {
    sent.begin();
    inDoubt.begin(connection.ledger());
    copies.begin();
    sequences.begin();
    plans.begin();
    extended.begin();
  }

  /** What is known of the transaction where they go to a replica. */
  public ReplicaTransaction transaction() {
    return sent.transaction();
  }

  /** Whether a replica's transaction may be over before what is sent now comes there. */
  public boolean mayEndReplicaTransaction() {
    return sent.mayEndReplicaTransaction();
  }

  /** Whether the message at hand waits for what its statement is here; asked once. */
  public boolean takeAwaitsPlan() {
    return plans.takeAwaited();
  }

  /** Who tells whether the server may be waiting for the client's CopyData. */
  public CopyRequests copies() {
    return copies;
  }

  /** A request ended, with this transaction status. */
  public void ready(byte status) {
    sent.ready(account.isBusy());
    if (status == 'I') {
      transactionEnded();
    } else if (attachment.server().ledger().isEmpty()) {
      sent.transaction().answered();
    }
    sequences.ready(status);
  }

  /** No transaction is open. */
  public void transactionEnded() {
    sent.transaction().ended();
    if (!attachment.server().ledger().isBatchOpen()) {
      // Else portals were bound behind the request that ended.
      extended.transactionEnded();
    }
  }

  /** Sends a message, or tells what becomes of it instead. */
  public Verdict send(byte type, int bodyLength, ByteBuf in, int start, int end) {
    Verdict verdict = note(type, bodyLength, in, start, end);
    if ((verdict == Verdict.PASS || verdict == Verdict.DROP) && attachment.pool().isPrimary()) {
      Facts runs = type == FrontendType.EXECUTE ? extended.lastExecuted() : queried;
      inDoubt.sent(type, runs);
      sent.toPrimary(type, runs);
    }
    return verdict;
  }

  private Verdict note(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (type == FrontendType.QUERY || type == FrontendType.FUNCTION_CALL) {
      Verdict held = own.endOwn();
      if (held != null) {
        return held;
      }
    }
    if (plans.mayHaveToAsk()) {
      plans.before(type);
    }
    return switch (type) {
      case FrontendType.QUERY -> query(bodyLength, in, start);
      case FrontendType.SYNC -> {
        account.requestBegun();
        attachment.server().expect(Entry.SYNC, null);
        yield Verdict.PASS;
      }
      case FrontendType.FUNCTION_CALL -> {
        account.requestBegun();
        state.writes.sendingCall();
        effects.uncertain.codeRan();
        state.barrier.sendingCall();
        sequences.wrote();
        attachment.server().expect(Entry.FUNCTION_CALL, null);
        yield Verdict.PASS;
      }
      case FrontendType.COPY_DATA -> Verdict.PASS;
      case FrontendType.FLUSH -> flush(bodyLength);
      case FrontendType.COPY_DONE, FrontendType.COPY_FAIL -> {
        attachment.server().expect(Entry.COPY_END, null);
        yield Verdict.PASS;
      }
      case FrontendType.PASSWORD -> throw new ProtocolException("unexpected password message");
      default -> extendedMessage(type, bodyLength, in, start, end);
    };
  }

  /**
   * The server answers a Flush only if it is malformed, and then skips what follows: it must be
   * known that it will.
   */
  private Verdict flush(int bodyLength) {
    if (bodyLength == 0 || attachment.server().ledger().isCopyIn()) {
      account.flushed();
      return Verdict.PASS;
    }
    own.refuse(new PgError.MalformedMessage());
    return Verdict.DROP;
  }

  private Verdict query(int bodyLength, ByteBuf in, int start) {
    queried = StatementFinder.NOTHING;
    Facts facts = state.statements.query(in, start + 5, bodyLength, state.reading());
    PgError refusal = howdah.refusal(facts, attachment.server().ledger().status());
    if (refusal != null) {
      return refuse(refusal);
    }
    if (facts.reason() == Reason.OWN_SETTING) {
      return ownQuery(facts);
    }
    if (!facts.effects().isEmpty()
        && !attachment.server().ledger().isEmpty()
        && state.startupValues.concernOneLocally(facts)) {
      // Outside a transaction it does nothing: that must be known first.
      return state.session.stop(Wait.Replies.ORDER);
    }
    Verdict held = facts.effects().isEmpty() ? null : prerequisites.listenFirst(facts, true);
    if (held != null) {
      return held;
    }
    Wait elsewhere = facts.effects().isEmpty() ? null : prerequisites.elsewhere(facts);
    if (elsewhere != null) {
      return state.session.stop(elsewhere);
    }
    if (names.concerns(facts)) {
      return queryOfNames(facts, bodyLength, in, start);
    }
    own.wrote(sequences.before(facts));
    queryBegins(facts);
    return pass(facts, effects.noteOf(facts), bodyLength, in, start);
  }

  private Verdict refuse(PgError error) {
    queryBegins(StatementFinder.NOTHING);
    own.refuseQuery(error);
    return Verdict.DROP;
  }

  /** Has the text go on, with what has to follow its statements. */
  private Verdict pass(Facts facts, ReplyLedger.Note note, int bodyLength, ByteBuf in, int start) {
    if (note == null
        || !state.startupValues.concern(facts)
        || facts.statements() == 1 && facts.discardsAll()
        || attachment.server().ledger().status() == 'I'
            && state.startupValues.concernOneLocally(facts)) {
      attachment.server().expect(Entry.QUERY, note);
      return Verdict.PASS;
    }
    int text = start + Protocol.HEADER_BYTES;
    InterlacedQuery other =
        InterlacedQuery.of(
            facts.effects(),
            state.startupValues,
            note,
            in,
            text,
            text + bodyLength - 1,
            state.encoding().equalsIgnoreCase("UTF8"),
            state.session.channel().alloc());
    own.follow();
    attachment.server().expect(Entry.QUERY, other.note());
    attachment.server().write(other.message());
    return Verdict.DROP;
  }

  /** A simple query about Howdah's own settings; the server says the end of it. */
  private Verdict ownQuery(Facts facts) {
    PgError failure = howdah.failure(facts);
    if (failure != null) {
      return refuse(failure);
    }
    Wait wait = howdah.waitFor(facts);
    if (wait != null) {
      return state.session.stop(wait);
    }
    Verdict instead = own.insteadOfAnswer();
    if (instead != null) {
      return instead;
    }
    queryBegins(facts);
    own.follow();
    howdah.query(attachment.server(), facts);
    attachment.server().messages().syncQuery();
    return Verdict.DROP;
  }

  private Verdict queryOfNames(Facts facts, int bodyLength, ByteBuf in, int start) {
    if (names.mustSettleForQuery()) {
      return state.session.stop(Wait.Replies.ORDER);
    }
    PgError refusal = names.refusal(facts);
    if (refusal != null) {
      return refuse(refusal);
    }
    own.wrote(sequences.before(facts));
    names.alignment.forQuery(facts, in, start + Protocol.HEADER_BYTES, bodyLength);
    queryBegins(facts);
    return pass(facts, names.noteOf(facts), bodyLength, in, start);
  }

  private void queryBegins(Facts facts) {
    account.requestBegun();
    queried = facts;
    copies.sent(facts);
    sent.sending(facts);
    attachment.server().suspects().sent(state.statements.lastText(), facts.reason().hidesEffects());
    naming.unnamedGone();
  }

  private Verdict extendedMessage(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return switch (type) {
      case FrontendType.PARSE -> {
        Verdict verdict = naming.parse(bodyLength, in, start, end);
        if (verdict == Verdict.PASS || verdict == Verdict.DROP) {
          account.countMessage(Figure.CLIENT_PARSE_COUNT);
        }
        yield verdict;
      }
      case FrontendType.BIND -> {
        Verdict verdict = extended.bind(bodyLength, in, start, end);
        if (verdict == Verdict.PASS || verdict == Verdict.DROP) {
          account.countMessage(Figure.BIND_COUNT);
          sent.sending(extended.lastBound());
        }
        yield verdict;
      }
      case FrontendType.DESCRIBE -> extended.describe(bodyLength, in, start);
      case FrontendType.EXECUTE -> {
        Verdict verdict = extended.execute(bodyLength, in, start);
        if (verdict == Verdict.PASS || verdict == Verdict.DROP) {
          copies.sent(extended.lastExecuted());
          // Its portal may be of a request before.
          state.barrier.sending(extended.lastExecuted());
        }
        yield verdict;
      }
      default -> naming.close(bodyLength, in, start);
    };
  }
}
