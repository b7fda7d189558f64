package io.howdah.frontend;

import io.howdah.backend.PoolGroup;
import io.howdah.backend.SessionSettings;
import io.howdah.config.PoolMode;

/**
 * What a logged-in session carries from one server connection to the next.
 *
 * <p>Thread: the session's event loop.
 */
final class SessionState {
  final ClientSession session;
  final PoolGroup pools;
  final PoolMode poolMode;

  /** What the start-up packet set: where RESET leads back to. */
  final SessionSettings startup;

  final PreparedNames names;

  /** The unnamed prepared statement. */
  final UnnamedStatement unnamed;

  final PreparedLimits limits;
  final IdleTurn idle;
  final WaitingTurn waiting;
  final AttachedTurn attached;
  final RefusedTurn refused;
  final StatementFinder statements;

  private static final String ISOLATION = "default_transaction_isolation";

  /** What the session has set now, committed. */
  private SessionSettings settings;

  /** Every transaction is serializable, which a replica refuses. */
  private boolean serializable;

  /** Why the session must keep its server connection, or null. */
  String pin;

  private Reading reading = Reading.CONFORMING;

  /** The proxy wants this session to end where its transaction does. */
  boolean draining;

  SessionState(ClientSession session, PoolGroup pools, PoolMode poolMode, SessionSettings startup) {
    this.session = session;
    this.pools = pools;
    this.poolMode = poolMode;
    this.startup = startup;
    settings(startup);
    this.statements = session.worker.statements();
    this.names = new PreparedNames(statements.dictionary());
    this.unnamed = new UnnamedStatement(statements.dictionary());
    this.limits = new PreparedLimits(this);
    this.idle = new IdleTurn(this);
    this.waiting = new WaitingTurn(this);
    this.attached = new AttachedTurn(this);
    this.refused = new RefusedTurn(this);
  }

  /** How its texts are read. */
  Reading reading() {
    return reading;
  }

  /** The encoding of its texts, as the server reported it. */
  String encoding() {
    return encoding;
  }

  /** The session is over: what it had prepared is nobody's. */
  void end() {
    names.end();
    unnamed.gone();
  }

  /** What the session has set now, committed. */
  SessionSettings settings() {
    return settings;
  }

  void settings(SessionSettings now) {
    settings = session.worker.interned(now);
    serializable = "serializable".equalsIgnoreCase(now.values().get(ISOLATION));
  }

  /** Whether the server connection stays with the session when a transaction ends. */
  boolean keepsConnection() {
    return poolMode == PoolMode.SESSION || pin != null;
  }

  /** Whether reads may go to replicas. */
  boolean splitsReads() {
    return reading != Reading.NONE
        && !serializable
        && poolMode != PoolMode.SESSION
        && pools.splitsReads();
  }

  /** Ties the session to its server connection. */
  void pin(String reason) {
    if (pin == null) {
      pin = reason;
      session.worker.telemetry().pinned(session.id, reason);
    }
  }

  /** Takes in what the server reports of a parameter that decides how text is read. */
  void parameter(String name, String value) {
    switch (name) {
      case "client_encoding" -> encoding = value;
      case "standard_conforming_strings" -> conforming = value.equals("on");
      default -> {
        return;
      }
    }
    if (!Encodings.isAsciiSafe(encoding)) {
      reading = Reading.NONE;
    } else {
      reading = conforming ? Reading.CONFORMING : Reading.ESCAPING;
    }
  }

  private String encoding = "UTF8";
  private boolean conforming = true;
}
