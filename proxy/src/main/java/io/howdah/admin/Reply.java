package io.howdah.admin;

import io.howdah.error.PgError;
import java.util.List;

/** What the console answers to one query string. */
public sealed interface Reply {

  /**
   * Rows.
   *
   * @param rows the values in PostgreSQL's text format, null for NULL
   * @param tag for CommandComplete
   */
  record Table(List<Column> columns, List<List<String>> rows, String tag) implements Reply {
    public Table {
      columns = List.copyOf(columns);
      rows = List.copyOf(rows);
    }
  }

  /** The command was carried out; {@code tag} is for CommandComplete. */
  record Done(String tag) implements Reply {}

  /** The query string held no command: EmptyQueryResponse. */
  record Empty() implements Reply {}

  /** The command was refused or failed. */
  record Failed(PgError error) implements Reply {}
}
