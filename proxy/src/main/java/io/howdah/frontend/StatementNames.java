package io.howdah.frontend;

import io.howdah.backend.Binding;
import io.howdah.backend.CommandTag;
import io.howdah.backend.DeclaredStatement;
import io.howdah.backend.ReplyLedger;
import io.howdah.backend.ServerConnection;
import io.howdah.backend.ServerNames;
import io.howdah.backend.Statement;
import io.howdah.config.PoolMode;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.route.Facts;
import io.howdah.route.SessionEffect;
import io.howdah.route.SessionEffect.AnyStatement;
import io.howdah.route.SessionEffect.Deallocate;
import io.howdah.route.SessionEffect.Discard;
import io.howdah.route.SessionEffect.Discarded;
import io.howdah.route.SessionEffect.ExecuteStatement;
import io.howdah.route.SessionEffect.PrepareStatement;
import io.howdah.route.SessionEffect.Unseen;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * SQL's PREPARE, EXECUTE and DEALLOCATE, whose names are the same as those of the protocol: before
 * a request that touches a name goes to the server, the server connection is brought into line with
 * what the session believes of that name, unseen; the client's text goes through as it is. What the
 * server's command tags say was done is then taken over into the session's names.
 *
 * <p>Only while nothing else is on its way can be told for certain what is there: who touches a
 * name behind a request that is not answered yet waits ({@link #mustSettle}).
 *
 * <p>Thread: the session's event loop. In session mode a session has its connection for itself, and
 * nothing of this happens.
 */
final class StatementNames {
  /** A statement that executes one that executes one …: deeper than this nobody looks. */
  private static final int MAX_DEPTH = 4;

  private final SessionState state;
  private final Effects effects;
  private final OwnMessages own;
  private ServerConnection server;

  /** Commands that make or drop names, sent and not answered. */
  private int commands;

  /** Messages of the protocol that give or take names, sent and not answered. */
  private int messages;

  /**
   * Names were made or dropped by texts that were not looked at: the session is pinned, and its
   * server connection knows better.
   */
  private boolean unsure;

  /** The error of what was sent ahead of the request at hand: the client hears it in its turn. */
  private byte[] ownError;

  /** The statement whose name was given away last: an error that comes late may still name it. */
  private byte[] lastClosed;

  private Statement lastClosedStatement;

  StatementNames(SessionState state, Effects effects, OwnMessages own) {
    this.state = state;
    this.effects = effects;
    this.own = own;
  }

  void begin(ServerConnection connection) {
    server = connection;
    commands = 0;
    messages = 0;
    ready();
  }

  private boolean renames() {
    return state.poolMode != PoolMode.SESSION;
  }

  /** Whether a text has to do with the names of prepared statements. */
  boolean concerns(Facts facts) {
    return !facts.effects().isEmpty() && renames() && facts.usesNames();
  }

  /** Whether the names that a message of the protocol uses can't be told yet. */
  boolean isUnsettled() {
    return commands > 0 || messages > 0 && server.ledger().owesRequest();
  }

  /**
   * Whether what touches names must wait for what was sent before it. The server is then told to
   * answer that.
   */
  boolean mustSettle() {
    ReplyLedger ledger = server.ledger();
    if (ledger.isEmpty() || commands == 0 && !ledger.owesRequest()) {
      return false;
    }
    if (ledger.isBatchOpen()) {
      own.follow();
      server.statements().names().flush();
    }
    return true;
  }

  /** Why a text must not run, or null. */
  PgError refusal(Facts facts) {
    for (SessionEffect effect : facts.effects()) {
      String name =
          switch (effect) {
            case PrepareStatement p -> p.name();
            case ExecuteStatement e -> e.name();
            case Deallocate d when d.name() != null -> d.name();
            default -> "";
          };
      if (name.startsWith(ServerNames.PREFIX)) {
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
        "Names that begin with " + ServerNames.PREFIX + " are Howdah's own.");
  }

  /** Brings the server into line for a simple query. */
  void alignQuery(Facts facts) {
    boolean open = server.ledger().isBatchOpen();
    if (align(facts, true, open, 0) && !open) {
      server.statements().names().endBatch();
    }
  }

  /**
   * Brings the server into line for a message of the extended protocol.
   *
   * @param runs whether the statement runs; else it is only analysed
   */
  void alignMessage(Facts facts, boolean runs) {
    align(facts, runs, true, 0);
  }

  /** Brings one name into line for a message of the protocol that uses it. */
  void alignName(ByteBuf in, int from, int to, Binding binding) {
    String name = in.toString(from, to - from, StandardCharsets.ISO_8859_1);
    if (!unsure) {
      state.session.reader().passSoFar();
      own.wrote(
          binding == null
              ? server.statements().names().keepFree(name)
              : bring(name, binding, true));
    }
  }

  /**
   * Has the server refuse the client's own Parse of a name that is taken: an error in its text
   * would come first.
   */
  void alignTaken(ByteBuf in, int from, int to) {
    String name = in.toString(from, to - from, StandardCharsets.ISO_8859_1);
    state.session.reader().passSoFar();
    own.wrote(server.statements().names().occupy(name));
    server.statements().names().expectRefusedParse(name);
  }

  private boolean align(Facts facts, boolean runs, boolean inBatch, int depth) {
    if (unsure || depth > MAX_DEPTH) {
      return false;
    }
    state.session.reader().passSoFar();
    boolean sent = false;
    List<String> seen = new ArrayList<>(2);
    for (SessionEffect effect : facts.effects()) {
      switch (effect) {
        case PrepareStatement p when runs && isFirst(p.name(), seen) ->
            sent |=
                state.names.get(bytes(p.name())) == null
                    ? server.statements().names().keepFree(chars(p.name()))
                    : server.statements().names().occupy(chars(p.name()));
        case ExecuteStatement e when isFirst(e.name(), seen) ->
            sent |= alignExecuted(e.name(), inBatch, depth);
        case Deallocate d when runs && d.name() != null && isFirst(d.name(), seen) ->
            sent |=
                state.names.get(bytes(d.name())) == null
                    ? server.statements().names().keepFree(chars(d.name()))
                    : server.statements().names().occupy(chars(d.name()));
        case AnyStatement _, Unseen _ -> sent |= alignAll(inBatch);
        default -> {}
      }
    }
    sent |= server.statements().names().makeRoom(1, seen);
    own.wrote(sent);
    return sent;
  }

  private static boolean isFirst(String name, List<String> seen) {
    String chars = chars(name);
    return !seen.contains(chars) && seen.add(chars);
  }

  private boolean alignExecuted(String name, boolean inBatch, int depth) {
    Binding binding = state.names.get(bytes(name));
    if (binding == null) {
      return server.statements().names().keepFree(chars(name));
    }
    boolean inner = concerns(binding.facts()) && align(binding.facts(), true, inBatch, depth + 1);
    return bring(chars(name), binding, inBatch) || inner;
  }

  /**
   * In a failed transaction the server would refuse: then its own answer to the client's request
   * must do, and only what isn't the client's is taken away.
   */
  private boolean bring(String name, Binding binding, boolean inBatch) {
    if (!inBatch && server.ledger().status() == 'E') {
      return !server.statements().names().holds(name, binding)
          && server.statements().names().keepFree(name);
    }
    return server.statements().names().bring(name, binding);
  }

  /** For what may use any name: nothing of another session's is there, all that is ours is. */
  private boolean alignAll(boolean inBatch) {
    boolean[] sent = {false};
    for (String name : server.statements().names().names()) {
      Binding binding = state.names.get(name.getBytes(StandardCharsets.ISO_8859_1));
      if (binding == null || !server.statements().names().holds(name, binding)) {
        sent[0] |= server.statements().names().keepFree(name);
      }
    }
    state.names.forEach(
        (name, binding) -> {
          if (binding instanceof DeclaredStatement) {
            sent[0] |= bring(new String(name, StandardCharsets.ISO_8859_1), binding, inBatch);
          }
        });
    return sent[0];
  }

  /** The note of a statement that concerns names. */
  ReplyLedger.Note noteOf(Facts facts) {
    List<SessionEffect> changes = new ArrayList<>(2);
    List<SessionEffect> all = new ArrayList<>(4);
    boolean unread = false;
    for (SessionEffect effect : facts.effects()) {
      all.add(effect);
      switch (effect) {
        case PrepareStatement _, Deallocate _ -> changes.add(effect);
        case Discard d when d.what() == Discarded.ALL -> changes.add(effect);
        case ExecuteStatement e -> all.addAll(effectsOf(e));
        case Unseen _ -> unread = true;
        default -> {}
      }
    }
    ReplyLedger.Note own = unread ? effects.noteOf(facts) : effects.noteOf(all);
    return unread && changes.isEmpty() ? own : new Sent(changes, own);
  }

  /** What the executed statement itself does to the session, in the place of the EXECUTE. */
  private List<SessionEffect> effectsOf(ExecuteStatement execute) {
    Binding binding = state.names.get(bytes(execute.name()));
    if (binding == null || binding.facts().effects().isEmpty()) {
      return List.of();
    }
    if (binding.facts().effects().getFirst() instanceof Unseen) {
      state.pin("EXECUTE of a statement that was not looked at");
      return List.of();
    }
    return binding.facts().effects().stream()
        .filter(each -> !(each instanceof SessionEffect.StatementEnd))
        .toList();
  }

  /** The note of a message of the protocol that gives or takes a name. */
  ReplyLedger.Note noteOf(ReplyLedger.Note note) {
    messages++;
    return new Counted(note);
  }

  /** A command was completed that changes session state. */
  void command(CommandTag tag, ReplyLedger.Note note) {
    if (!renames()) {
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
      server.statements().names().prepared(chars(p.name()), declared);
    } else if (tag == CommandTag.DEALLOCATE && change instanceof Deallocate d && d.name() != null) {
      state.names.remove(bytes(d.name()), null);
      server.statements().names().deallocated(chars(d.name()));
    } else {
      unsure = true;
      state.pin(tag + " in a statement that was not looked at");
    }
  }

  private DeclaredStatement declared(PrepareStatement p) {
    return new DeclaredStatement(p.text(), state.encoding(), p.statement());
  }

  /** What was sent ahead of the client's request failed. */
  void ownFailed(ByteBuf error) {
    if (ownError == null) {
      ownError = ByteBufUtil.getBytes(error);
    }
  }

  /** The error that the client hears in place of the server's, or null for the server's own. */
  ByteBuf errorInstead(ByteBuf error) {
    ByteBuf own = ownError == null ? null : Unpooled.wrappedBuffer(ownError);
    ownError = null;
    ByteBufAllocator alloc = state.session.channel().alloc();
    ByteBuf what = own == null ? error : own;
    ByteBuf other = renames() ? ErrorNames.rewritten(what, this::clientName, alloc) : null;
    return other != null || own == null ? other : ErrorNames.whole(own, alloc);
  }

  /** The request was answered. */
  void ready() {
    ownError = null;
  }

  /** The name is given away; errors about what came before may still be on their way. */
  void closed(byte[] name, Statement statement) {
    lastClosed = name;
    lastClosedStatement = statement;
  }

  private String clientName(String serverName) {
    byte[] wanted = (serverName + '\0').getBytes(StandardCharsets.ISO_8859_1);
    byte[] name = state.names.nameOf(wanted);
    if (name == null
        && lastClosedStatement != null
        && Arrays.equals(lastClosedStatement.serverName(), wanted)) {
      name = lastClosed;
    }
    if (name != null) {
      return new String(name, StandardCharsets.ISO_8859_1);
    }
    Statement unnamed = state.unnamed.get();
    return unnamed != null && Arrays.equals(unnamed.serverName(), wanted) ? "" : null;
  }

  private static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /** The bytes that travel, each as a char. */
  private static String chars(String name) {
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
      commands -= changes.isEmpty() ? 0 : 1;
      own.failed();
    }
  }
}
