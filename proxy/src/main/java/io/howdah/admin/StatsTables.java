package io.howdah.admin;

import io.howdah.admin.Snapshot.Totals;
import io.howdah.telemetry.PoolCounters.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongBiFunction;

/** SHOW STATS and its relatives, with PgBouncer's columns. */
final class StatsTables {
  /** A figure and its names: in SHOW STATS and TOTALS, and in STATS_TOTALS and STATS_AVERAGES. */
  private record Stat(Figure figure, String total, String average, String plain) {
    static Stat of(Figure figure, String name) {
      return new Stat(figure, "total_" + name, "avg_" + name, name);
    }
  }

  private static final List<Stat> STATS =
      List.of(
          Stat.of(Figure.SERVER_ASSIGNMENT_COUNT, "server_assignment_count"),
          Stat.of(Figure.XACT_COUNT, "xact_count"),
          Stat.of(Figure.QUERY_COUNT, "query_count"),
          new Stat(Figure.RECEIVED_BYTES, "total_received", "avg_recv", "bytes_received"),
          new Stat(Figure.SENT_BYTES, "total_sent", "avg_sent", "bytes_sent"),
          Stat.of(Figure.XACT_TIME_MICROS, "xact_time"),
          Stat.of(Figure.QUERY_TIME_MICROS, "query_time"),
          Stat.of(Figure.WAIT_TIME_MICROS, "wait_time"),
          Stat.of(Figure.CLIENT_PARSE_COUNT, "client_parse_count"),
          Stat.of(Figure.SERVER_PARSE_COUNT, "server_parse_count"),
          Stat.of(Figure.BIND_COUNT, "bind_count"),
          Stat.of(Figure.REPLAY_COUNT, "replay_count"),
          Stat.of(Figure.CAUSAL_READ_COUNT, "causal_read_count"),
          Stat.of(Figure.CAUSAL_WAIT_COUNT, "causal_wait_count"),
          Stat.of(Figure.CAUSAL_WAIT_TIME_MICROS, "causal_wait_time"),
          Stat.of(Figure.CAUSAL_PRIMARY_COUNT, "causal_primary_count"),
          Stat.of(Figure.CAUSAL_QUESTION_COUNT, "causal_question_count"),
          Stat.of(Figure.CAUSAL_POLL_COUNT, "causal_poll_count"));

  private final StatsHistory history;

  StatsTables(StatsHistory history) {
    this.history = history;
  }

  Reply.Table stats(Snapshot s) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("database", ColumnType.TEXT));
    STATS.forEach(st -> columns.add(new Column(st.total(), ColumnType.NUMERIC)));
    STATS.forEach(st -> columns.add(new Column(st.average(), ColumnType.NUMERIC)));
    Sheet sheet = new Sheet(columns);
    for (Totals t : s.totals()) {
      List<Object> row = new ArrayList<>();
      row.add(t.database());
      STATS.forEach(st -> row.add(t.get(st.figure())));
      STATS.forEach(st -> row.add(history.average(t.database(), st.figure())));
      sheet.row(row.toArray());
    }
    return sheet.show();
  }

  Reply.Table totals(Snapshot s) {
    return plain(s, Totals::get);
  }

  Reply.Table averages(Snapshot s) {
    return plain(s, (t, figure) -> history.average(t.database(), figure));
  }

  private static Reply.Table plain(Snapshot s, ToLongBiFunction<Totals, Figure> value) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("database", ColumnType.TEXT));
    STATS.forEach(st -> columns.add(new Column(st.plain(), ColumnType.NUMERIC)));
    Sheet sheet = new Sheet(columns);
    for (Totals t : s.totals()) {
      List<Object> row = new ArrayList<>();
      row.add(t.database());
      STATS.forEach(st -> row.add(value.applyAsLong(t, st.figure())));
      sheet.row(row.toArray());
    }
    return sheet.show();
  }

  /** Over all databases, one figure a row. */
  Reply.Table overall(Snapshot s) {
    Sheet sheet = new Sheet(Sheet.columns("name text, value numeric"));
    for (Stat st : STATS) {
      sheet.row(st.total(), s.totals().stream().mapToLong(t -> t.get(st.figure())).sum());
    }
    for (Stat st : STATS) {
      sheet.row(st.average(), history.average(st.figure()));
    }
    return sheet.show();
  }
}
