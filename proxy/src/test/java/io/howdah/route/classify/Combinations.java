package io.howdah.route.classify;

import io.howdah.route.fact.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Every expression at every place of a query, and every query in every statement that takes one: so
 * that no place is overlooked.
 */
final class Combinations {
  /** Something that may stand in an expression, what it makes of a query, and what is to blame. */
  private record Part(String sql, Reason reason, String culprit) {}

  private static final List<Part> EXPRESSIONS =
      List.of(
          new Part("1", Reason.SELECT_READ_ONLY, null),
          new Part("lower('NEXTVAL(1)')", Reason.SELECT_READ_ONLY, null),
          new Part("pg_catalog.now()", Reason.SELECT_READ_ONLY, null),
          new Part("'; DELETE FROM t; '", Reason.SELECT_READ_ONLY, null),
          new Part("$x$ FOR UPDATE $x$", Reason.SELECT_READ_ONLY, null),
          new Part("\"for update\"", Reason.SELECT_READ_ONLY, null),
          new Part("t.update", Reason.SELECT_READ_ONLY, null),
          new Part("(SELECT max(a) FROM u WHERE u.id IN (1, 2))", Reason.SELECT_READ_ONLY, null),
          new Part("nextval('s')", Reason.REFUSED_FUNCTION, "nextval"),
          new Part("Pg_Catalog . \"nextval\"('s')", Reason.REFUSED_FUNCTION, "nextval"),
          new Part("(SELECT nextval('s'))", Reason.REFUSED_FUNCTION, "nextval"),
          new Part("pg_notify('c', 'p')", Reason.REFUSED_FUNCTION, "pg_notify"),
          new Part("lo_unlink(1)", Reason.REFUSED_FUNCTION, "lo_unlink"),
          new Part("txid_current()", Reason.REFUSED_FUNCTION, "txid_current"),
          new Part("pg_terminate_backend(1)", Reason.VOLATILE_FUNCTION, "pg_terminate_backend"),
          new Part("pg_advisory_xact_lock(1)", Reason.VOLATILE_FUNCTION, "pg_advisory_xact_lock"),
          new Part("pg_advisory_lock(1)", Reason.SESSION_STATE, "pg_advisory_lock"),
          new Part("currval('s')", Reason.SESSION_STATE, "currval"),
          new Part("setseed(0.5)", Reason.SESSION_STATE, "setseed"),
          new Part("dblink('x', 'y')", Reason.UNKNOWN_FUNCTION, "dblink"),
          new Part("app.f(1)", Reason.UNKNOWN_FUNCTION, "app.f"),
          new Part("\"F\"(1)", Reason.UNKNOWN_FUNCTION, "F"),
          new Part("insert(1)", Reason.UNKNOWN_FUNCTION, "insert"),
          new Part("(SELECT a FROM u FOR UPDATE)", Reason.ROW_LOCK, "FOR UPDATE"),
          new Part("(SELECT a FROM u FOR KEY SHARE)", Reason.ROW_LOCK, "FOR KEY SHARE"));

  /** Queries with a place for an expression. */
  private static final List<String> QUERIES =
      List.of(
          "SELECT %s",
          "SELECT a, %s AS b FROM t",
          "SELECT DISTINCT %s FROM t",
          "SELECT DISTINCT ON (%s) a FROM t",
          "SELECT -- why\n %s /* and where */ FROM t",
          "SELECT a FROM t WHERE %s IS NULL",
          "SELECT a FROM t WHERE a = %s AND b > 1 OR NOT c",
          "SELECT a FROM t WHERE a IN (1, %s)",
          "SELECT a FROM t WHERE a BETWEEN 1 AND %s",
          "SELECT a FROM t WHERE a LIKE %s",
          "SELECT a FROM t WHERE a = ANY (ARRAY[%s])",
          "SELECT a FROM t GROUP BY a, %s",
          "SELECT a FROM t GROUP BY ROLLUP (a, %s)",
          "SELECT a FROM t GROUP BY a HAVING count(*) > %s",
          "SELECT a FROM t ORDER BY %s DESC NULLS LAST",
          "SELECT a FROM t LIMIT %s",
          "SELECT a FROM t OFFSET %s",
          "SELECT CASE WHEN a THEN %s ELSE b END FROM t",
          "SELECT CASE %s WHEN 1 THEN 2 END FROM t",
          "SELECT coalesce(a, %s) FROM t",
          "SELECT greatest(a, lower(%s)) FROM t",
          "SELECT CAST(%s AS text)",
          "SELECT (%s)::text",
          "SELECT ARRAY[1, %s]",
          "SELECT ROW(a, %s) FROM t",
          "SELECT (((%s)))",
          "SELECT a[%s] FROM t",
          "SELECT - %s",
          "SELECT a || %s FROM t",
          "SELECT sum(%s) FROM t",
          "SELECT sum(a) FILTER (WHERE b = %s) FROM t",
          "SELECT sum(a) OVER (PARTITION BY %s ORDER BY c) FROM t",
          "SELECT sum(a) OVER w FROM t WINDOW w AS (ORDER BY %s)",
          "SELECT array_agg(a ORDER BY %s) FROM t",
          "SELECT percentile_cont(%s) WITHIN GROUP (ORDER BY a) FROM t",
          "SELECT make_interval(days => %s)",
          "SELECT extract(epoch FROM %s)",
          "SELECT substring(a FROM 1 FOR %s) FROM t",
          "SELECT a AT TIME ZONE %s FROM t",
          "SELECT a OPERATOR(pg_catalog.+) %s FROM t",
          "SELECT JSON_OBJECT('a': %s)",
          "SELECT XMLELEMENT(NAME a, %s)",
          "SELECT * FROM t JOIN u ON t.id = %s",
          "SELECT * FROM t, LATERAL (SELECT %s) x",
          "SELECT * FROM generate_series(1, %s) AS g (n)",
          "SELECT * FROM ROWS FROM (unnest(ARRAY[%s])) WITH ORDINALITY",
          "SELECT * FROM t TABLESAMPLE BERNOULLI (%s)",
          "SELECT * FROM (SELECT %s) x (a)",
          "SELECT * FROM (VALUES (1, %s)) x (a, b)",
          "SELECT 1 UNION ALL SELECT %s",
          "(SELECT 1) EXCEPT (SELECT %s)",
          "VALUES (1), (%s)",
          "TABLE t ORDER BY %s",
          "WITH x AS (SELECT %s) SELECT * FROM x",
          "WITH x (a, b) AS MATERIALIZED (SELECT 1, %s), y AS (TABLE x) SELECT * FROM y",
          "WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + %s FROM x) TABLE x",
          "SELECT EXISTS (SELECT 1 FROM t WHERE a = %s)",
          "SELECT (SELECT (SELECT (SELECT %s)))");

  /** Statements around a query, and the reason of their own. */
  private static final Map<String, Reason> STATEMENTS =
      Map.of(
          "%s", Reason.SELECT_READ_ONLY,
          "EXPLAIN (ANALYZE, VERBOSE) %s", Reason.EXPLAIN_ANALYZE_OF_WRITE,
          "COPY (%s) TO STDOUT", Reason.COPY_TO_CLIENT,
          "DECLARE c CURSOR FOR %s", Reason.SELECT_READ_ONLY);

  private Combinations() {}

  static List<Corpus.Row> all() {
    List<Corpus.Row> rows = new ArrayList<>();
    for (String query : QUERIES) {
      for (Part part : EXPRESSIONS) {
        String sql = query.replace("%s", part.sql());
        STATEMENTS.forEach((around, reason) -> rows.add(row(around, reason, sql, part)));
      }
    }
    return rows;
  }

  private static Corpus.Row row(String around, Reason reason, String query, Part part) {
    boolean reads = part.reason() == Reason.SELECT_READ_ONLY;
    Reason expected =
        switch (reason) {
          case COPY_TO_CLIENT -> reads ? reason : part.reason();
          case EXPLAIN_ANALYZE_OF_WRITE ->
              reads || part.reason().doubtful() ? part.reason() : reason;
          default -> part.reason();
        };
    return new Corpus.Row(expected, part.culprit(), around.replace("%s", query));
  }
}
