package io.howdah.frontend.routing;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.pools.NodePool;
import io.howdah.config.PoolMode;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.RouteCounts;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.Target;
import io.howdah.route.lexer.Hint;
import io.howdah.wire.BackendMessages;
import io.netty.buffer.ByteBuf;

/**
 * Tells where a session's statements went and why: counts it, and for those who want to know it
 * says so in the log, and to the client as a NOTICE before each answer.
 *
 * <p>Thread: the session's event loop.
 */
public final class RouteReport {
  private final SessionState state;
  private final Client session;

  /**
   * Why the connection was chosen for the statement at hand, where that was for a read; or null.
   */
  private String chosen;

  public RouteReport(SessionState state) {
    this.state = state;
    this.session = state.session;
  }

  /** A statement is being sent. */
  public void sending(Facts facts, NodePool pool, ServerConnection server) {
    session.worker().routes().ran(facts.reason(), pool.isPrimary());
    boolean logged = session.worker().logsRoutes();
    if (logged || state.explainsRoute()) {
      chosen = session.turn().takeReason();
      tell(facts, pool, server, logged);
    }
  }

  private void tell(Facts facts, NodePool pool, ServerConnection server, boolean logged) {
    String node = pool.node().toString();
    String role = pool.isPrimary() ? "primary" : "replica";
    String why = why(facts, pool, server);
    if (logged) {
      session
          .worker()
          .telemetry()
          .routed(session.id(), node, role, RouteCounts.lower(facts.reason()), why);
    }
    if (state.explainsRoute() && facts.reason() != Reason.OWN_SETTING) {
      server
          .messages()
          .makeUp(Entry.EXECUTE, new Notice(facts, "runs on " + role + " " + node, why));
    }
  }

  /** Why the statement is on the node where it is. */
  private String why(Facts facts, NodePool pool, ServerConnection server) {
    if (server.ledger().status() != 'I') {
      return "its transaction is there";
    }
    if (state.poolMode == PoolMode.SESSION) {
      return "in session mode a session keeps its server connection";
    }
    if (state.pinning.isPinned()) {
      return "the session keeps its server connection: " + state.pinning.text();
    }
    if (facts.hint() != Hint.NONE) {
      return "a comment asks for it; " + facts.explanation();
    }
    if (state.askedRoute() != null) {
      return "howdah.route is " + RouteCounts.lower(state.route()) + "; " + facts.explanation();
    }
    return switch (session.port()) {
      case READ_ONLY -> "the client came by the read-only port";
      case READ_WRITE -> "the client came by the read-write port";
      case ANY -> byText(facts, pool);
    };
  }

  private String byText(Facts facts, NodePool pool) {
    if (facts.target() != Target.REPLICA || !pool.isPrimary()) {
      return facts.explanation();
    }
    if (!state.splitsReads()) {
      return "reads are not split; " + facts.explanation();
    }
    return (chosen == null ? "it goes with others that are for the primary" : chosen)
        + "; "
        + facts.explanation();
  }

  /** Says it when all before the statement's answer was said. */
  private final class Notice implements ReplyLedger.Note {
    private final Facts facts;
    private final String message;
    private final String why;

    Notice(Facts facts, String message, String why) {
      this.facts = facts;
      this.message = message;
      this.why = why;
    }

    @Override
    public void done() {
      if (session.turn().isAttached()) {
        ByteBuf out = session.buffer();
        String reason = RouteCounts.lower(facts.kind()) + ", " + RouteCounts.lower(facts.reason());
        session.turn().say(BackendMessages.notice(out, message + ": " + why, reason));
      }
    }
  }
}
