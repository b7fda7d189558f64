package io.howdah.frontend.naming;

import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.statement.DeclaredStatement;
import io.howdah.backend.statement.Statement;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.frontend.effect.Effects;
import io.howdah.frontend.prepared.PreparedNames;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.OwnMessages;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.Deallocate;
import io.howdah.route.fact.SessionEffect.Discard;
import io.howdah.route.fact.SessionEffect.ExecuteStatement;
import io.howdah.route.fact.SessionEffect.PrepareStatement;
import io.howdah.route.fact.SessionEffect.Unseen;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * SQL's PREPARE, EXECUTE and DEALLOCATE, whose names are the same as those of the protocol: before
 * a request that touches a name goes to the server, the server connection is brought into line with
 * what the session believes of that name ({@link NameAlignment}); the client's text goes through as
 * it is. What the server's command tags say was done is then taken over into the session's names.
 *
 * <p>Only while nothing else is on its way can be told for certain what is there: who touches a
 * name behind a request that is not answered yet waits ({@link #mustSettle}).
 *
 * <p>Thread: the session's event loop. In session mode a session has its connection for itself, and
 * nothing of this happens.
 */
public final class StatementNames {
  /** What a request's names need, once {@link #mustSettle} lets it be sent. */
  public final NameAlignment alignment;

  /** How the client is told the server's errors. */
  public final ToldErrors errors;

  /** What is brought to a server connection whose transaction has failed. */
  final FailedTransaction failed;

  private final SessionState state;
  private final Effects effects;
  private final OwnMessages own;
  private final ExecutedStatements executed;
  private final Attachment attachment;

  /** Commands that make or drop names, sent and not answered. */
  private int commands;

  /** Messages of the protocol that give or take names, sent and not answered. */
  private int messages;

  /**
   * Names were made or dropped by texts that were not looked at: the session is pinned, and its
   * server connection knows better.
   */
  private boolean unsure;

  public StatementNames(SessionState state, Effects effects, OwnMessages own) {
    this.state = state;
    this.attachment = state.attachment;
    this.effects = effects;
    this.own = own;
    this.executed = new ExecutedStatements(state);
    this.alignment = new NameAlignment(state, this, own);
    this.errors = new ToldErrors(state);
    this.failed = new FailedTransaction(state, effects, own, errors);
  }

  public void begin() {
    commands = 0;
    messages = 0;
    errors.ready();
  }

  /** Whether it can't be told which names there are: the server connection knows better. */
  boolean isUnsure() {
    return unsure;
  }

  /** Whether a query string has to do with the names of prepared statements. */
  public boolean concerns(Facts facts) {
    return !facts.effects().isEmpty() && state.renames() && facts.usesNames();
  }

  /**
   * Whether a message of the protocol that uses a name must wait, as it can't be told yet what that
   * stands for.
   */
  public boolean mustWait() {
    boolean unsettled = commands > 0 || messages > 0 && attachment.server().ledger().owesRequest();
    return unsettled && state.renames() && mustSettle();
  }

  /** The same for one that uses the unnamed statement. */
  public boolean mustWaitForUnnamed() {
    Statement unnamed = state.unnamed.get();
    // Under a name of Howdah's, a DEALLOCATE ALL that is on its way drops it too.
    boolean named = commands > 0 && unnamed != null && state.keepsNameless(unnamed.facts());
    return (named || state.unnamed.isUnsettled(attachment.server().statements().batch()))
        && state.renames()
        && mustSettle();
  }

  /**
   * Whether what touches names must wait for what was sent before it. The server is then told to
   * answer that.
   */
  public boolean mustSettle() {
    ReplyLedger ledger = attachment.server().ledger();
    if (ledger.isEmpty() || commands == 0 && !ledger.owesRequest()) {
      return false;
    }
    own.askForAnswers();
    return true;
  }

  /**
   * The same for a text of a simple query: in a batch of which nothing was executed yet, what
   * brings names into line is to have an end of its own, and an error before it must be known then.
   */
  public boolean mustSettleForQuery() {
    ReplyLedger ledger = attachment.server().ledger();
    if (ledger.isEmpty() || !ledger.isBatchOpen() || !ledger.executed().isNothingOfClients()) {
      return mustSettle();
    }
    own.askForAnswers();
    return true;
  }

  /** Why a query string must not run, or null. */
  public PgError refusal(Facts facts) {
    for (SessionEffect effect : facts.effects()) {
      String name =
          switch (effect) {
            case PrepareStatement p -> p.name();
            case ExecuteStatement e -> e.name();
            case Deallocate d when d.name() != null -> d.name();
            default -> "";
          };
      if (name.startsWith(Statement.PREFIX)) {
        return effect instanceof PrepareStatement
            ? reserved(name)
            : new PgError.NoSuchPreparedStatement(name);
      }
      if (effect instanceof PrepareStatement p) {
        long bytes = PreparedNames.cost(bytes(name), declared(p));
        PgError error = state.limits.refusal(true, bytes);
        if (error != null) {
          return error;
        }
      }
    }
    return null;
  }

  private static PgError reserved(String name) {
    return new PgError.NotSupported(
        Severity.ERROR,
        "prepared statement name \"" + name + "\" is reserved",
        "Names that begin with " + Statement.PREFIX + " are Howdah's own.");
  }

  /** The note of a statement that concerns names. */
  public ReplyLedger.Note noteOf(Facts facts) {
    List<SessionEffect> changes = new ArrayList<>(2);
    List<SessionEffect> all = new ArrayList<>(4);
    boolean unread = false;
    for (SessionEffect effect : facts.effects()) {
      all.add(effect);
      switch (effect) {
        case PrepareStatement _, Deallocate _ -> changes.add(effect);
        case Discard d when d.discardsAll() -> changes.add(effect);
        case ExecuteStatement e -> all.addAll(executed.effects(e, changes));
        case Unseen _ -> unread = true;
        default -> {}
      }
    }
    ReplyLedger.Note rest = unread ? effects.noteOf(facts) : effects.noteOf(all);
    return unread && changes.isEmpty() ? rest : new Sent(changes, rest);
  }

  /** The note of a message of the protocol that gives or takes a name. */
  public ReplyLedger.Note noteOf(ReplyLedger.Note note) {
    messages++;
    return new Counted(note);
  }

  /** A command was completed that changes session state. */
  public void command(CommandTag tag, ReplyLedger.Note note) {
    if (!state.renames()) {
      return;
    }
    switch (tag) {
      case PREPARE, DEALLOCATE, DEALLOCATE_ALL, DISCARD_ALL -> {
        SessionEffect change = note instanceof Sent sent ? sent.next() : null;
        apply(tag, change);
      }
      default -> {}
    }
  }

  private void apply(CommandTag tag, SessionEffect change) {
    if (tag == CommandTag.DEALLOCATE_ALL || tag == CommandTag.DISCARD_ALL) {
      unsure = false;
    } else if (tag == CommandTag.PREPARE && change instanceof PrepareStatement p) {
      DeclaredStatement declared = declared(p);
      byte[] name = bytes(p.name());
      state.names.remove(name, null);
      state.names.put(name, declared);
      attachment.server().statements().names().prepared(chars(p.name()), declared);
    } else if (tag == CommandTag.DEALLOCATE && change instanceof Deallocate d && d.name() != null) {
      state.names.remove(bytes(d.name()), null);
      attachment.server().statements().names().deallocated(chars(d.name()));
    } else {
      unsure = true;
      state.pin(tag + " in a statement that was not looked at");
    }
  }

  private DeclaredStatement declared(PrepareStatement p) {
    return new DeclaredStatement(p.text(), state.reading().writing(), p.statement());
  }

  /** A name of SQL's as it travels. */
  static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /** The bytes that travel, each as a char. */
  static String chars(String name) {
    return new String(bytes(name), StandardCharsets.ISO_8859_1);
  }

  /** Counts a message that is on its way. */
  private final class Counted implements ReplyLedger.Note {
    private final ReplyLedger.Note note;

    Counted(ReplyLedger.Note note) {
      this.note = note;
    }

    @Override
    public void done() {
      messages--;
      note.done();
    }

    @Override
    public void failed() {
      messages--;
      note.failed();
    }

    @Override
    public void voided() {
      messages--;
      note.voided();
    }
  }

  /** A statement that is on its way, with what it does to names, command tag by command tag. */
  private final class Sent implements Effects.Wrapped, ReplyLedger.Note {
    private final List<SessionEffect> changes;
    private final ReplyLedger.Note own;
    private int at;

    Sent(List<SessionEffect> changes, ReplyLedger.Note own) {
      this.changes = changes;
      this.own = own;
      commands += changes.isEmpty() ? 0 : 1;
    }

    @Override
    public ReplyLedger.Note own() {
      return own;
    }

    SessionEffect next() {
      return at < changes.size() ? changes.get(at++) : null;
    }

    @Override
    public void done() {
      commands -= changes.isEmpty() ? 0 : 1;
      own.done();
    }

    @Override
    public void failed() {
      doubtWhatIsLeft();
      voided();
    }

    @Override
    public void voided() {
      commands -= changes.isEmpty() ? 0 : 1;
      own.failed();
    }

    /**
     * What was done to names stays done when its transaction fails; and if that fails as the last
     * statement of a string is committed, no command tag tells of it.
     */
    private void doubtWhatIsLeft() {
      for (SessionEffect change = next(); change != null; change = next()) {
        switch (change) {
          case PrepareStatement p ->
              attachment.server().statements().names().doubt(chars(p.name()));
          case Deallocate d when d.name() != null ->
              attachment.server().statements().names().doubt(chars(d.name()));
          default -> attachment.server().statements().doubtAll();
        }
      }
    }
  }
}
