package io.howdah.frontend.session;

import io.howdah.backend.pools.PoolGroup;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.Pinned;
import io.howdah.config.PoolMode;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.frontend.prepared.PreparedNames;
import io.howdah.frontend.prepared.Reading;
import io.howdah.frontend.prepared.StatementFinder;
import io.howdah.frontend.prepared.UnnamedStatement;
import io.howdah.frontend.settings.StartupValues;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.PinKind;
import io.howdah.route.fact.ReadingChange;
import io.howdah.route.fact.SearchPath;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.function.Catalog;
import io.howdah.route.lexer.Hint;
import java.util.List;

/**
 * What a logged-in session carries from one server connection to the next.
 *
 * <p>Thread: the session's event loop.
 */
public final class SessionState {
  public final Client session;
  public final PoolGroup pools;
  public final PoolMode poolMode;

  /** The server connection that it has, or had last. */
  public final Attachment attachment = new Attachment();

  /** What the start-up packet set: where RESET leads back to. */
  public final SessionSettings startup;

  /** What has to follow where a statement leads the server session back to its own values. */
  public final StartupValues startupValues;

  /** What the client was told of the server's parameters. */
  public final ToldParameters told = new ToldParameters(this);

  public final PreparedNames names;

  /** What its reads on replicas must see. */
  public final SessionWrites writes;

  /** The unnamed prepared statement. */
  public final UnnamedStatement unnamed;

  public final PreparedLimits limits;

  /** What its settings may take. */
  public final SettingLimits settingLimits;

  public final StatementFinder statements;

  /** What the meaning of its next Parse depends on. */
  public final ParseContext context;

  /** What the session has set now, committed. */
  private SessionSettings settings;

  /** What its transactions are where they say nothing else. */
  public final TransactionDefaults defaults;

  /** Whether what was sent may change how its next text is read. */
  public final ReadingBarrier barrier = new ReadingBarrier(this);

  /** Why the session must keep its server connection. */
  public final Pinning pinning = new Pinning();

  /** Stands for whoever the session is within its transaction. */
  private static final String USER = "$user";

  private final boolean refusesPins;
  private String encoding = "UTF8";
  private boolean conforming = true;

  /** As the server reports it, from PostgreSQL 18 on; else null. */
  private String reportedPath;

  private Catalog catalog = Catalog.UNKNOWN;

  /** Null when it must be worked out anew. */
  private Reading reading;

  /** Null when it did not ask. */
  private Hint askedRoute;

  private boolean explainsRoute;

  /** The proxy wants this session to end where its transaction does. */
  public boolean draining;

  public SessionState(Client session, PoolGroup pools, PoolMode poolMode, SessionSettings startup) {
    this.session = session;
    this.pools = pools;
    this.poolMode = poolMode;
    this.startup = startup;
    this.startupValues = new StartupValues(startup);
    this.defaults = new TransactionDefaults(pools.serializableDefault());
    this.settingLimits = new SettingLimits(this);
    settings(startup);
    this.writes = new SessionWrites(pools);
    writes.startsWith(startup.values().get("synchronous_commit"));
    this.refusesPins =
        poolMode != PoolMode.SESSION
            && session.worker().config().pinning(pools.entry(), pools.user()) == Pinned.REFUSE;
    this.statements = session.worker().statements();
    this.context = new ParseContext(this, session.worker().parseVariants());
    this.names = new PreparedNames(statements.dictionary());
    this.unnamed = new UnnamedStatement(statements.dictionary());
    this.limits = new PreparedLimits(this);
  }

  /** How its texts are read. */
  public Reading reading() {
    Catalog now = pools.catalog();
    if (reading == null || catalog != now) {
      catalog = now;
      Catalog.View functions = functions();
      reading =
          barrier.doubt() == ReadingChange.QUOTES
              ? Reading.inDoubt(functions)
              : Reading.of(encoding, conforming, functions);
    }
    return reading;
  }

  /** It must be worked out anew. */
  void readAnew() {
    reading = null;
  }

  /** Those of users, as the session sees them. */
  private Catalog.View functions() {
    if (barrier.within() == ReadingChange.NONE) {
      return pools.functionsSeenFrom(searchPath());
    }
    // Of what the open transaction has set, only the server can tell, from PostgreSQL 18 on.
    List<String> path =
        barrier.doubt() != ReadingChange.NONE || reportedPath == null
            ? null
            : SearchPath.read(reportedPath, USER);
    return path == null || path.contains(USER)
        ? pools.functionsSeenFrom(null).fromAnywhere()
        : pools.functionsSeenFrom(path);
  }

  /** The schemas in which the session looks for functions, or null when it can't be told. */
  private List<String> searchPath() {
    String path = settings.values().getOrDefault("search_path", reportedPath);
    String role = settings.values().get(SessionSettings.ROLE);
    String user = role == null || role.equals("none") ? pools.serverUser() : role;
    return path == null ? null : SearchPath.read(path, user);
  }

  /** The search_path as the server reports it, from PostgreSQL 18 on; else null. */
  String reportedPath() {
    return reportedPath;
  }

  /** The encoding of its texts, as the server reported it. */
  public String encoding() {
    return encoding;
  }

  /** The session is over: what it had prepared is nobody's. */
  public void end() {
    names.end();
    unnamed.gone();
    settingLimits.end();
  }

  /** What the session has set now, committed. */
  public SessionSettings settings() {
    return settings;
  }

  public void settings(SessionSettings now) {
    settings = session.worker().interned(now);
    settingLimits.hold(settings);
    reading = null;
    defaults.settings(settings);
  }

  /** Whether the server connection stays with the session when a transaction ends. */
  public boolean keepsConnection() {
    return poolMode == PoolMode.SESSION || pinning.isPinned();
  }

  /** Whether its statements have names of Howdah's own on server connections. */
  public boolean renames() {
    return poolMode != PoolMode.SESSION;
  }

  /** Whether an unnamed statement is kept on the server like one with a name. */
  public boolean keepsNameless(Facts facts) {
    return renames() && session.worker().config().pool().reuseUnnamedPlans() && !facts.usesNames();
  }

  /** Whether reads may go to replicas. */
  public boolean splitsReads() {
    return poolMode != PoolMode.SESSION && pools.nodes().splitsReads() && !reading().isNone();
  }

  /** Whether the client writes and reads UTF-8, as the shared listening connection does. */
  public boolean isUtf8() {
    return encoding.equals("UTF8");
  }

  /** Whether it listens on its own server connection, which it keeps. */
  public boolean hearsItself() {
    return pinning.has(PinKind.LISTEN);
  }

  /** A LISTEN has been run that the shared connection does not stand in for. */
  public void listensItself(String reason) {
    pin(PinKind.LISTEN, reason);
  }

  /** Ties the session to its server connection, for a reason of no kind of its own. */
  public void pin(String reason) {
    pin(PinKind.OTHER, reason);
  }

  /** Ties the session to its server connection. */
  public void pin(PinKind kind, String reason) {
    if (pinning.add(kind, reason)) {
      session.worker().telemetry().pinned(session.id(), kind.label(), reason);
    }
  }

  /** Where the session's texts go that have no hint of their own. */
  public Hint route() {
    if (isBarredFromPrimary()) {
      return Hint.REPLICA;
    }
    if (askedRoute != null) {
      return askedRoute;
    }
    return session.port() == Purpose.READ_WRITE ? Hint.PRIMARY : Hint.NONE;
  }

  /**
   * Whether replicas serve it whatever its statements are, so that they refuse what writes; the
   * primary only what asks for the primary by a comment.
   */
  public boolean readsReplicasOnly() {
    return isBarredFromPrimary() || askedRoute == Hint.REPLICA;
  }

  /** Whether the primary serves it nothing, whatever it asks for. */
  public boolean isBarredFromPrimary() {
    return session.port() == Purpose.READ_ONLY;
  }

  /** Where the session asked its statements to go; null when it did not ask. */
  public Hint askedRoute() {
    return askedRoute;
  }

  public void askedRoute(Hint asked) {
    askedRoute = asked;
  }

  /** Whether the client is told of each statement where it runs and why. */
  public boolean explainsRoute() {
    return explainsRoute;
  }

  public void explainRoute(boolean wanted) {
    explainsRoute = wanted;
  }

  /** Whether reads would go to replicas, if that were not only worked out. */
  public boolean shadowsReads() {
    return poolMode != PoolMode.SESSION && pools.nodes().shadowsReads() && !reading().isNone();
  }

  /** Whether a query string that asks for a replica can be heeded though reads are not split. */
  public boolean heedsHints() {
    return poolMode != PoolMode.SESSION && pools.nodes().hasSeveral() && !reading().isNone();
  }

  /**
   * Why a statement may not run, or null: its settings would take too much memory; it would tie the
   * session to its server connection, and {@code pool.pinning} forbids that; or it asks for the
   * primary on the read-only port, where no other answer would be what was asked for.
   *
   * @param status of the transaction before it
   */
  public PgError refusal(Facts facts, byte status) {
    if (status == 'I' && facts.hint() == Hint.PRIMARY && isBarredFromPrimary()) {
      return new PgError.BarredFromPrimary("a comment asks for the primary");
    }
    if (facts.effects().isEmpty()) {
      return null;
    }
    PgError tooMuch = renames() ? settingLimits.refusal(facts) : null;
    if (tooMuch != null || !refusesPins) {
      return tooMuch;
    }
    for (int i = 0; i < facts.effects().size(); i++) {
      SessionEffect effect = facts.effects().get(i);
      if (effect.pins() && !(effect instanceof SessionEffect.Unseen) && isPinning(effect, status)) {
        return new PgError.PinRefused(Severity.ERROR, effect.reason());
      }
    }
    return null;
  }

  /**
   * Whether an effect that can pin does so here: within one transaction currval and lastval are
   * right anyway.
   */
  public boolean isPinning(SessionEffect effect, byte status) {
    return status == 'I' || !(effect instanceof SessionEffect.SequenceUse);
  }

  /** Whether state that ties the session to its server connection ends it. */
  public boolean refusesPins() {
    return refusesPins;
  }

  /** Takes in what the server reports of a parameter that decides how text is read. */
  public void parameter(String name, String value) {
    switch (name) {
      case "client_encoding" -> encoding = value;
      case "standard_conforming_strings" -> conforming = value.equals("on");
      case "search_path" -> reportedPath = value;
      case TransactionDefaults.READ_ONLY -> {
        CurrentTurn turn = session.turn();
        defaults.reported(value, turn.server() != null && !turn.isOnPrimary());
        return;
      }
      default -> {
        return;
      }
    }
    reading = null;
    // What was read ahead was read otherwise.
    statements.forget();
  }
}
