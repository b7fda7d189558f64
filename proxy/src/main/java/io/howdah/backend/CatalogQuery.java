package io.howdah.backend;

import io.howdah.route.Catalog;
import java.util.ArrayList;
import java.util.List;

/** The question for a database's functions, and how to read its answer. Needs no special grant. */
public final class CatalogQuery {
  /**
   * One row for a name in a schema. An overload is hidden where PostgreSQL's own schema, which
   * comes first on a search path that does not name it, has a function with the same arguments.
   */
  public static final String SQL =
      """
      SELECT n.nspname, p.proname,
        bool_or(p.provolatile = 'v'),
        bool_or(p.provolatile = 'v' AND b.oid IS NULL),
        bool_and(b.oid IS NOT NULL)
      FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
        LEFT JOIN pg_proc b ON b.pronamespace = 'pg_catalog'::regnamespace
          AND b.proname = p.proname AND b.proargtypes = p.proargtypes
      WHERE p.prokind <> 'p' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      GROUP BY 1, 2
      ORDER BY 1, 2""";

  private static final int COLUMNS = 5;

  private CatalogQuery() {}

  /**
   * Reads the rows.
   *
   * @throws IllegalArgumentException when they are not what was asked for
   */
  public static Catalog read(List<String[]> rows) {
    List<Catalog.Entry> entries = new ArrayList<>(rows.size());
    for (String[] row : rows) {
      if (row.length != COLUMNS || row[0] == null || row[1] == null) {
        throw new IllegalArgumentException("the catalog's answer has another form");
      }
      entries.add(
          new Catalog.Entry(
              row[0], row[1], "t".equals(row[2]), "t".equals(row[3]), "t".equals(row[4])));
    }
    return Catalog.of(entries);
  }
}
