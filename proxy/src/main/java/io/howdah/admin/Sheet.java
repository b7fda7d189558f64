package io.howdah.admin;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table in the making. */
final class Sheet {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  Sheet(List<Column> columns) {
    this.columns = columns;
  }

  /** Reads columns written as in CREATE TABLE: {@code "database text, cl_active int4"}. */
  static List<Column> columns(String definition) {
    List<Column> columns = new ArrayList<>();
    for (String column : definition.strip().split("\\s*,\\s*")) {
      String[] parts = column.split("\\s+");
      columns.add(new Column(parts[0], ColumnType.valueOf(parts[1].toUpperCase(Locale.ROOT))));
    }
    return List.copyOf(columns);
  }

  Sheet row(Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(values.length + " values for " + columns);
    }
    List<String> row = new ArrayList<>(values.length);
    for (Object value : values) {
      row.add(text(value));
    }
    rows.add(java.util.Collections.unmodifiableList(row));
    return this;
  }

  private static String text(Object value) {
    return switch (value) {
      case null -> null;
      case Boolean b -> b ? "t" : "f";
      case Instant t -> TIME.format(t);
      default -> value.toString();
    };
  }

  Reply.Table show() {
    return done("SHOW");
  }

  Reply.Table done(String tag) {
    return new Reply.Table(columns, rows, tag);
  }
}
