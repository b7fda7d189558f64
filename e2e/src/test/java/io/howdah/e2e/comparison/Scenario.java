package io.howdah.e2e.comparison;

import io.howdah.e2e.wire.Conversation;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;

/**
 * Something a client does, the same towards PostgreSQL and towards Howdah. It leaves the database
 * as it found it.
 *
 * @param name what a report calls it
 * @param script what is sent and read
 */
record Scenario(String name, Script script) {
  /** The tables that scenarios use, made once. */
  static final String[] TABLES = {
    "DROP TABLE IF EXISTS item, copied",
    "CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, note text)",
    "INSERT INTO item SELECT i, 'item ' || i, CASE i % 2 WHEN 0 THEN 'note ' || i END"
        + " FROM generate_series(1, 20) i",
    "CREATE TABLE copied (id int, label text)",
    "ALTER TABLE item OWNER TO app",
    "ALTER TABLE copied OWNER TO app"
  };

  /** What is sent and read. */
  interface Script {
    void play(Conversation with) throws IOException;
  }

  /** Plays it, and tells all that was said. */
  List<String> play(Wire wire) throws IOException {
    Conversation conversation = new Conversation(wire);
    script.play(conversation);
    return conversation.transcript();
  }

  @Override
  public String toString() {
    return name;
  }
}
