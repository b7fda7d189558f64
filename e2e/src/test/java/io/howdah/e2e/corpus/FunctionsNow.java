package io.howdah.e2e.corpus;

import io.howdah.backend.catalog.CatalogQuery;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import io.howdah.route.fact.SearchPath;
import io.howdah.route.function.Catalog;
import io.howdah.route.function.Functions;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The functions of the database as they are by now, as Howdah's own catalog would have them. */
final class FunctionsNow {
  private static final List<String> CHANGERS =
      List.of(
          "function", "schema", "extension", "aggregate", "type", "owned", "rollback", "commit");

  private final Wire wire;
  private Catalog catalog = Catalog.UNKNOWN;
  private boolean outdated = true;
  private Catalog.View view;
  private List<String> viewedFrom;

  /** A connection of its own, so that it sees what is committed, as Howdah does. */
  FunctionsNow(Wire wire) {
    this.wire = wire;
  }

  /** After a statement that may have changed what functions there are. */
  void after(String sql) {
    String folded = sql.toLowerCase(Locale.ROOT);
    outdated |= CHANGERS.stream().anyMatch(folded::contains);
  }

  /** As a session sees them whose {@code search_path} has this value. */
  Functions seenFrom(String searchPath, String user) throws IOException {
    List<String> path = searchPath == null ? null : SearchPath.read(searchPath, user);
    if (outdated) {
      catalog = CatalogQuery.read(rows());
      outdated = false;
      view = null;
    }
    if (view == null || !path.equals(viewedFrom)) {
      view = catalog.seenFrom(path);
      viewedFrom = path;
    }
    return view;
  }

  private List<String[]> rows() throws IOException {
    return wire.query(CatalogQuery.SQL).stream()
        .filter(each -> each.type() == 'D')
        .map(Message::row)
        .map(row -> row.toArray(String[]::new))
        .toList();
  }
}
