package io.howdah.admin;

import java.util.List;

/**
 * Where a statement would go, and what that follows from, for SHOW ROUTE FOR.
 *
 * @param lines in the order in which they are shown
 */
public record RouteExplanation(List<Line> lines) {
  public RouteExplanation {
    lines = List.copyOf(lines);
  }

  /**
   * One fact.
   *
   * @param part what it is about: statement, function, effect, setting, node
   * @param name which of them
   * @param value what it is, in a word
   * @param why in a few words; may be null
   */
  public record Line(String part, String name, String value, String why) {}

  /**
   * What is asked.
   *
   * @param sql the text of the statement
   * @param database the name that clients give
   * @param user the name that clients give, or null for one without an entry of its own
   */
  public record Question(String sql, String database, String user) {}
}
