package io.howdah.backend.catalog;

import io.howdah.backend.catalog.CatalogQuery.Listed;
import io.howdah.backend.login.Inquiry;
import io.howdah.route.body.RoutineBody;
import io.howdah.route.function.Catalog;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One reading of a database's catalog: the list of functions, where any has changed since the last
 * reading; the bodies of those that have, a few at a time; and what depends on functions.
 *
 * <p>Thread: the connection's event loop.
 */
final class CatalogReading {
  /** A few milliseconds: bodies are read where queries wait to be passed on. */
  private static final int MOST_BODIES = 100;

  private static final int MOST_BODY_BYTES = 64 << 10;

  /** The first server that keeps some bodies parsed. */
  private static final int PARSES_BODIES_SINCE = 14;

  /** What is known of the body of a function that has not changed since. */
  record Known(String version, RoutineBody body) {}

  /**
   * What a reading saw, for the next one.
   *
   * @param digest of the list and the bodies
   * @param known bodies that can be read, by the numbers of their functions
   */
  record Seen(
      String digest,
      List<Listed> listed,
      Map<String, Known> known,
      List<String[]> dependences,
      Catalog catalog) {
    /** Nothing yet. */
    static final Seen NOTHING = new Seen("", List.of(), Map.of(), List.of(), Catalog.UNKNOWN);
  }

  private final Inquiry inquiry;
  private final Duration limit;
  private final boolean parsedBodies;
  private final Seen before;
  private final Consumer<Seen> then;
  private final Consumer<String> otherwise;
  private final Map<String, Known> known = new HashMap<>();
  private String digest;
  private List<Listed> listed;
  private Iterator<Listed> missing;
  private Listed next;

  /**
   * @param majorVersion of the server; 0 where it is not known
   * @param before what the last reading saw
   * @param otherwise told what went wrong instead
   */
  CatalogReading(
      Inquiry inquiry,
      Duration limit,
      int majorVersion,
      Seen before,
      Consumer<Seen> then,
      Consumer<String> otherwise) {
    this.inquiry = inquiry;
    this.limit = limit;
    this.parsedBodies = majorVersion >= PARSES_BODIES_SINCE;
    this.before = before;
    this.then = then;
    this.otherwise = otherwise;
  }

  void begin() {
    ask(CatalogQuery.DIGEST, this::digested);
  }

  private void digested(List<String[]> rows) {
    digest = rows.size() == 1 && rows.getFirst()[0] != null ? rows.getFirst()[0] : "";
    if (isUnchanged()) {
      listed = before.listed();
      known.putAll(before.known());
      ask(CatalogQuery.DEPENDENCES, this::complete);
    } else {
      ask(CatalogQuery.SQL, this::listed);
    }
  }

  private boolean isUnchanged() {
    return !digest.isEmpty() && digest.equals(before.digest());
  }

  private void ask(String sql, Consumer<List<String[]>> answered) {
    inquiry.ask(
        sql,
        limit,
        answer -> {
          switch (answer) {
            case Inquiry.Rows(var rows) -> {
              try {
                answered.accept(rows);
              } catch (IllegalArgumentException e) {
                failed(e.getMessage());
              }
            }
            case Inquiry.Refused(var error) -> failed(error.toString());
            case Inquiry.Lost(var reason) -> failed(reason);
          }
        });
  }

  private void failed(String problem) {
    inquiry.close();
    otherwise.accept(problem);
  }

  private void listed(List<String[]> rows) {
    listed = CatalogQuery.list(rows);
    for (Listed each : listed) {
      Known last = before.known().get(each.oid());
      if (last != null && last.version().equals(each.version())) {
        known.put(each.oid(), last);
      }
    }
    missing =
        listed.stream()
            .filter(each -> each.opaque() == null && !known.containsKey(each.oid()))
            .filter(each -> each.bytes() <= CatalogQuery.LONGEST_BODY_BYTES)
            .iterator();
    advance();
    bodies();
  }

  private void advance() {
    next = missing.hasNext() ? missing.next() : null;
  }

  /** Asks for the next few bodies, or for the rest once all are there. */
  private void bodies() {
    StringBuilder oids = new StringBuilder();
    Map<String, String> versions = new HashMap<>();
    int bytes = 0;
    while (next != null
        && versions.size() < MOST_BODIES
        && (versions.isEmpty() || bytes + next.bytes() <= MOST_BODY_BYTES)) {
      oids.append(versions.isEmpty() ? "" : ",").append(next.oid());
      versions.put(next.oid(), next.version());
      bytes += next.bytes();
      advance();
    }
    if (versions.isEmpty()) {
      ask(CatalogQuery.DEPENDENCES, this::complete);
      return;
    }
    ask(
        CatalogQuery.bodies(oids.toString(), parsedBodies),
        rows -> {
          for (String[] row : rows) {
            if (row[1] != null) {
              known.put(row[0], new Known(versions.get(row[0]), RoutineBody.read(row[1])));
            }
          }
          bodies();
        });
  }

  private void complete(List<String[]> dependences) {
    inquiry.close();
    boolean same = isUnchanged() && areEqual(dependences, before.dependences());
    Catalog catalog =
        same ? before.catalog() : CatalogQuery.catalog(listed, this::body, dependences);
    then.accept(new Seen(digest, listed, known, dependences, catalog));
  }

  private static boolean areEqual(List<String[]> some, List<String[]> others) {
    return Arrays.deepEquals(some.toArray(), others.toArray());
  }

  /** One that is too long, or was dropped meanwhile, was not read. */
  private RoutineBody body(Listed each) {
    Known found = known.get(each.oid());
    return each.opaque() != null
        ? each.opaque()
        : found != null ? found.body() : RoutineBody.UNREAD;
  }
}
