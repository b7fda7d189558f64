package io.howdah.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** SHOW ROUTES, and SHOW ROUTE FOR '…' [IN database] [AS user]. */
final class RouteTables {
  private static final String HINT = "Say SHOW ROUTE FOR 'statement' [IN database] [AS user].";

  private static final List<Column> ROUTES =
      Sheet.columns(
          "class text, reason text, statements int8, on_primary int8, on_replica int8,"
              + " would_replica int8, meaning text");

  private static final List<Column> ROUTE =
      Sheet.columns("part text, name text, value text, why text");

  private RouteTables() {}

  static Reply.Table routes(Snapshot s) {
    Sheet sheet = new Sheet(ROUTES);
    for (Snapshot.Route r : s.routes()) {
      sheet.row(
          r.kind(),
          r.reason(),
          r.onPrimary() + r.onReplica(),
          r.onPrimary(),
          r.onReplica(),
          r.wouldReplica(),
          r.meaning());
    }
    return sheet.show();
  }

  /** Carries out SHOW ROUTE …, whose first two words are looked at already. */
  static CompletionStage<Reply> route(Words words, Control control) {
    if (!words.keyword(2).equals("FOR") || words.size() < 4) {
      throw new Refused(Words.error("SHOW ROUTE needs a statement", HINT));
    }
    String database = null;
    String user = null;
    for (int i = 4; i < words.size(); i += 2) {
      String value = i + 1 < words.size() ? words.get(i + 1) : null;
      switch (words.keyword(i)) {
        case "IN" -> database = value;
        case "AS" -> user = value;
        default -> value = null;
      }
      if (value == null) {
        throw new Refused(Words.error("syntax error at or near \"" + words.get(i) + "\"", HINT));
      }
    }
    return control
        .explain(new RouteExplanation.Question(words.get(3), database, user))
        .thenApply(RouteTables::table);
  }

  private static Reply table(RouteExplanation explanation) {
    Sheet sheet = new Sheet(ROUTE);
    for (RouteExplanation.Line line : explanation.lines()) {
      sheet.row(line.part(), line.name(), line.value(), line.why());
    }
    return sheet.show();
  }
}
