package io.howdah.backend.catalog;

import io.howdah.route.body.RoutineBody;
import io.howdah.route.body.Routines;
import io.howdah.route.body.Routines.Dependence;
import io.howdah.route.body.Routines.Routine;
import io.howdah.route.function.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The questions for a database's functions and procedures, and how to read the answers. They need
 * no special grant.
 */
public final class CatalogQuery {
  /**
   * One row for each. An overload is hidden where PostgreSQL's own schema, which comes first on a
   * search path that does not name it, has a function with the same arguments. Only code in C is
   * asked for its extension.
   */
  public static final String SQL =
      """
      SELECT p.oid, p.xmin, n.nspname, p.proname, p.provolatile, b.oid IS NOT NULL, p.prokind,
        l.lanname, e.extname,
        CASE WHEN l.lanname IN ('c', 'internal') THEN p.prosrc END, octet_length(p.prosrc)
      FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
        JOIN pg_language l ON l.oid = p.prolang
        LEFT JOIN pg_proc b ON b.pronamespace = 'pg_catalog'::regnamespace
          AND b.proname = p.proname AND b.proargtypes = p.proargtypes
        LEFT JOIN pg_depend d ON l.lanname = 'c' AND d.classid = 'pg_proc'::regclass
          AND d.objid = p.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
        LEFT JOIN pg_extension e ON e.oid = d.refobjid
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
      ORDER BY n.nspname, p.proname, p.oid""";

  /**
   * One value that differs when the answer to {@link #SQL} or a body does. Only what users made has
   * numbers from 16384 on.
   */
  static final String DIGEST =
      """
      SELECT version() || (SELECT md5(coalesce(string_agg(oid || ' ' || xmin, ',' ORDER BY oid), ''))
          FROM pg_proc WHERE oid >= 16384)
        || (SELECT md5(string_agg(oid || ' ' || xmin, ',' ORDER BY oid)) FROM pg_namespace)
        || (SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_extension'::regclass)""";

  /**
   * What calls functions or is made with them, by the catalog it is in. Only functions that users
   * made have numbers from 16384 on.
   */
  static final String DEPENDENCES =
      """
      SELECT DISTINCT c.relname, CASE WHEN c.relname = 'pg_proc' THEN d.objid END, d.refobjid
      FROM pg_depend d JOIN pg_class c ON c.oid = d.classid
      WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid >= 16384
      ORDER BY 1, 2, 3""";

  /** Longer bodies are not read. */
  static final int LONGEST_BODY_BYTES = 256 << 10;

  private static final int COLUMNS = 11;

  /**
   * A function or procedure, without its body.
   *
   * @param version differs when it was changed
   * @param opaque what is known of a body that can't be read; null of one that can
   * @param bytes of its body
   */
  record Listed(
      String oid,
      String version,
      String schema,
      String name,
      boolean acts,
      boolean behindBuiltin,
      boolean procedure,
      RoutineBody opaque,
      int bytes) {
    Routine with(RoutineBody body) {
      return new Routine(oid, schema, name, acts, behindBuiltin, procedure, body);
    }
  }

  private CatalogQuery() {}

  /**
   * The question for bodies.
   *
   * @param oids numbers of functions, with commas between
   * @param parsed whether the server keeps some bodies parsed, as from PostgreSQL 14 on
   */
  static String bodies(String oids, boolean parsed) {
    String body = parsed ? "coalesce(pg_get_function_sqlbody(oid), prosrc)" : "prosrc";
    return "SELECT oid, " + body + " FROM pg_proc WHERE oid IN (" + oids + ')';
  }

  /**
   * Reads the rows of {@link #SQL} alone, as if no body did anything to a session.
   *
   * @throws IllegalArgumentException when they are not what was asked for
   */
  public static Catalog read(List<String[]> rows) {
    return catalog(list(rows), _ -> RoutineBody.HARMLESS, List.of());
  }

  /** The catalog of what was listed, with the bodies as they were found. */
  static Catalog catalog(
      List<Listed> listed, Function<Listed, RoutineBody> bodies, List<String[]> dependences) {
    return Routines.catalog(
        listed.stream().map(each -> each.with(bodies.apply(each))).toList(),
        dependences.stream().map(row -> new Dependence(row[0], row[1], row[2])).toList());
  }

  /**
   * Reads the rows of {@link #SQL}.
   *
   * @throws IllegalArgumentException when they are not what was asked for
   */
  static List<Listed> list(List<String[]> rows) {
    List<Listed> listed = new ArrayList<>(rows.size());
    for (String[] row : rows) {
      if (row.length != COLUMNS || row[2] == null || row[3] == null) {
        throw new IllegalArgumentException("the catalog's answer has another form");
      }
      String language = row[7];
      RoutineBody opaque =
          RoutineBody.isReadable(language)
              ? null
              : RoutineBody.opaque(language, row[8], row[3], row[9], row[4].equals("i"));
      listed.add(
          new Listed(
              row[0],
              row[1],
              row[2],
              row[3],
              row[4].equals("v"),
              row[5].equals("t"),
              row[6].equals("p"),
              opaque,
              Integer.parseInt(row[10])));
    }
    return listed;
  }
}
