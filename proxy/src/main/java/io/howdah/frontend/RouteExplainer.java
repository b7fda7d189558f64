package io.howdah.frontend;

import io.howdah.admin.RouteExplanation.Line;
import io.howdah.admin.RouteExplanation.Question;
import io.howdah.backend.pools.NodeChoice;
import io.howdah.backend.pools.PoolGroup;
import io.howdah.backend.pools.SerializableDefault;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.PoolMode;
import io.howdah.config.ProxyConfig;
import io.howdah.config.SplitReads;
import io.howdah.frontend.prepared.Reading;
import io.howdah.frontend.session.RouteCounts;
import io.howdah.frontend.session.TransactionDefaults;
import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SearchPath;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.Target;
import io.howdah.route.function.CallRecorder;
import io.howdah.route.function.Catalog;
import io.howdah.route.lexer.Hint;
import io.howdah.route.replica.Candidate;
import io.howdah.route.replica.Decision;
import io.howdah.route.replica.ReplicaChooser;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Topology;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Works out where a statement would go that a fresh session sends outside a transaction, and why.
 *
 * <p>Thread: the worker's loop.
 */
public final class RouteExplainer {
  private static final String DEFAULT_PATH = "\"$user\", public";

  private final Worker worker;
  private final ProxyConfig config;
  private final DatabaseConfig entry;
  private final Question question;
  private final String user;
  private final byte[] sql;

  /** What its server reports of the user's transactions; null for nothing yet. */
  private final String readOnlyByDefault;

  private final List<Line> lines = new ArrayList<>();

  private RouteExplainer(Worker worker, DatabaseConfig entry, Question question) {
    this.worker = worker;
    this.config = worker.config();
    this.entry = entry;
    this.question = question;
    this.user = question.user() == null ? "" : question.user();
    this.sql = question.sql().getBytes(StandardCharsets.UTF_8);
    this.readOnlyByDefault =
        worker.loginParameters().reported(question.database(), user, TransactionDefaults.READ_ONLY);
  }

  /** The whole explanation; what a worker remembers of the text is that one's. */
  public static List<Line> explain(Worker worker, DatabaseConfig entry, Question question) {
    RouteExplainer explainer = new RouteExplainer(worker, entry, question);
    explainer.explain();
    return explainer.lines;
  }

  /** Whether a worker knows the functions of the database: not each has clients that use it. */
  public static boolean isInformed(Worker worker, DatabaseConfig entry, String database) {
    String serverDatabase = entry.serverDatabase().orElse(database);
    return worker.serverPools().schemas().catalog(entry.cluster(), serverDatabase).isLoaded();
  }

  private void explain() {
    String serverDatabase = entry.serverDatabase().orElse(question.database());
    String role = entry.serverUser().orElse(user);
    List<String> path = SearchPath.read(DEFAULT_PATH, role);
    Catalog catalog = worker.serverPools().schemas().catalog(entry.cluster(), serverDatabase);
    Catalog.View seen =
        worker.serverPools().schemas().functionsSeenFrom(entry.cluster(), serverDatabase, path);
    CallRecorder calls = new CallRecorder(seen);
    Facts read =
        new Classifier(calls, config.routing().maxScannedBytes())
            .classify(sql, 0, sql.length, true);
    Facts remembered = worker.statements().peek(sql, Reading.of("UTF8", true, seen));
    Facts facts = remembered == null ? read : remembered;
    SplitReads split = config.splitReads(entry, user);
    PoolMode mode = config.poolMode(entry, user);
    Target target = target(facts, split, mode);
    line("statement", "target", RouteCounts.lower(target), reasonOf(target, facts, split, mode));
    line("statement", "class", RouteCounts.lower(facts.kind()), facts.explanation());
    line("statement", "reason", RouteCounts.lower(facts.reason()), null);
    line("statement", "hint", RouteCounts.lower(facts.hint()), "what a comment asks for");
    line("statement", "statements", "" + facts.statements(), null);
    line(
        "statement",
        "remembered",
        remembered == null ? "no" : "yes",
        remembered == null
            ? "by this event loop, as a simple query read from this search_path"
            : remembered.reason().text());
    calls
        .calls()
        .forEach(
            (name, known) ->
                line(
                    "function",
                    name,
                    RouteCounts.lower(known.verdict()),
                    source(name, known, catalog)));
    effects(facts);
    settings(split, mode, catalog);
    nodes(target);
  }

  private void effects(Facts facts) {
    for (SessionEffect effect : facts.effects()) {
      switch (effect) {
        case SessionEffect.StatementEnd _ -> {}
        case SessionEffect.RunsCode _ ->
            line(
                "effect",
                effect.reason(),
                "looked-at",
                "the server is asked behind the transaction what the session holds");
        default ->
            line(
                "effect",
                effect.reason(),
                effect.pins() ? "pins" : "carried",
                effect.pins()
                    ? "the session keeps its server connection until that is gone"
                    : null);
      }
    }
  }

  private void line(String part, String name, String value, String why) {
    lines.add(new Line(part, name, value, why));
  }

  private Target target(Facts facts, SplitReads split, PoolMode mode) {
    boolean asks = facts.hint() == Hint.REPLICA;
    if (mode == PoolMode.SESSION || split != SplitReads.TRUE && !asks) {
      return Target.PRIMARY;
    }
    return facts.pins() ? Target.PRIMARY : defaults().target(facts, Hint.NONE);
  }

  /** What the session's transactions would be where they say nothing, as far as that is known. */
  private TransactionDefaults defaults() {
    PoolGroup group = worker.serverPools().knownGroup(question.database(), user);
    TransactionDefaults defaults =
        new TransactionDefaults(
            group == null
                ? new SerializableDefault(worker::nanoTime)
                : group.serializableDefault());
    if (readOnlyByDefault != null) {
      defaults.reported(readOnlyByDefault, false);
    }
    return defaults;
  }

  private static String reasonOf(Target target, Facts facts, SplitReads split, PoolMode mode) {
    if (mode == PoolMode.SESSION) {
      return "in session mode a session keeps its connection to the primary";
    }
    if (split != SplitReads.TRUE && target == Target.PRIMARY && facts.hint() == Hint.NONE) {
      return "reads are not split here; "
          + (facts.target() == Target.REPLICA ? "they would take it to a replica" : "nor would it");
    }
    if (facts.hint() != Hint.NONE) {
      return "a comment asks for the " + RouteCounts.lower(facts.hint());
    }
    if (!facts.pins() && target != facts.target()) {
      return target.isRead()
          ? "the user's transactions are READ ONLY by default"
          : "the user's transactions are serializable by default, which a replica refuses";
    }
    return facts.explanation();
  }

  private static String source(String name, CallRecorder.Known known, Catalog catalog) {
    return switch (known.source()) {
      case BUILT_IN -> "PostgreSQL's own";
      case CATALOG -> {
        boolean unseen =
            switch (known.verdict()) {
              case READ_UNSEEN, ACTS_UNSEEN, SESSION_STATE -> true;
              default -> false;
            };
        String why = unseen ? catalog.why(name) : null;
        yield "by the database's catalog"
            + (why == null ? "" : "; it may change the session: " + why);
      }
      case NOWHERE ->
          catalog.isLoaded()
              ? "not in the database's catalog on this search_path"
              : "the database's catalog was not read yet";
    };
  }

  private void settings(SplitReads split, PoolMode mode, Catalog catalog) {
    line("setting", "pool-mode", RouteCounts.lower(mode), null);
    line("setting", "split-reads", RouteCounts.lower(split), null);
    line("setting", "reads-on-primary", RouteCounts.lower(config.routing().readsOnPrimary()), null);
    line(
        "setting",
        "causal-reads",
        RouteCounts.lower(entry.causalReads().orElse(config.routing().causalReads())),
        "a session that wrote may have to wait for its replica, or read on the primary");
    line(
        "setting",
        TransactionDefaults.READ_ONLY,
        readOnlyByDefault == null ? "unknown" : readOnlyByDefault,
        readOnlyByDefault == null
            ? "servers from PostgreSQL 14 on tell when the user first logs in"
            : "as the server reported it to this user at login");
    config.routing().zone().ifPresent(zone -> line("setting", "zone", zone, null));
    line(
        "setting",
        "catalog",
        catalog.isLoaded() ? catalog.size() + " functions" : "not read",
        catalog.isLoaded() ? null : "it is read when somebody uses the database");
  }

  private void nodes(Target target) {
    Topology topology = worker.fleet().topology(entry.cluster());
    if (topology == null) {
      line("node", "none", "unknown", "no node has answered yet");
      return;
    }
    ReplicaChooser chooser = NodeChoice.chooser(worker.fleet(), entry.cluster());
    Decision decision = chooser.choose(target, topology, this::outstanding);
    for (Candidate each : chooser.candidates(target, topology)) {
      NodeState node = each.node();
      boolean chosen = node.id().equals(decision.node());
      boolean may =
          target.isRead()
              ? each.problem() == null
              : topology.primary() != null && node.id().equals(topology.primary().id());
      line(
          "node",
          node.id().toString(),
          chosen ? "chosen" : may ? "eligible" : "no",
          described(each) + problem(each, target, chosen));
    }
    if (decision.node() == null) {
      line("node", "none", "waits", decision.why().text());
    }
  }

  private int outstanding(NodeId node) {
    return worker.serverPools().outstanding(question.database(), node);
  }

  private String described(Candidate each) {
    NodeState node = each.node();
    return RouteCounts.lower(node.role())
        + ", lsn "
        + node.position()
        + ", lag "
        + (node.lagBytes() < 0 ? "unknown" : node.lagBytes() + " bytes")
        + (node.lagMillis() < 0 ? "" : " " + node.lagMillis() + " ms")
        + ", weight "
        + each.share().weight()
        + each.share().zone().map(zone -> ", zone " + zone).orElse("")
        + ", outstanding "
        + outstanding(node.id());
  }

  private static String problem(Candidate each, Target target, boolean chosen) {
    return !target.isRead() || chosen || each.problem() == null ? "" : "; " + each.problem();
  }
}
