package io.howdah.backend.probe;

import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.Observation;
import io.howdah.topology.Role;

/**
 * The question that tells a node's role and place, and how to read its answer. Needs no special
 * grant; where the functions of the control file were taken from PUBLIC, {@link #REDUCED} asks for
 * the rest.
 */
final class ProbeQuery {
  /**
   * A primary's timeline comes from the name of the WAL file it writes, which is right from the
   * first moment after a promotion, where the control file lags until the next checkpoint. The age
   * is 0 once all that was received is replayed: on a quiet primary the last commit grows old
   * without any lag.
   */
  private static final String BASE =
      """
      pg_is_in_recovery(),
      CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END,
      CASE WHEN NOT pg_is_in_recovery() THEN substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END,
      CASE WHEN NOT pg_is_in_recovery() THEN NULL
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
        ELSE floor(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint END,
      (SELECT received_tli FROM pg_stat_wal_receiver)""";

  /** Columns: recovery, position, timeline in hexadecimal, age, replica's timeline, identifier. */
  static final String FULL =
      """
      SELECT %s,
      (SELECT greatest(c.timeline_id, r.min_recovery_end_timeline)
        FROM pg_control_checkpoint() c, pg_control_recovery() r),
      (SELECT system_identifier FROM pg_control_system())"""
          .formatted(BASE);

  /** As {@link #FULL}, without what only the control file knows. */
  static final String REDUCED = "SELECT " + BASE + ", NULL, NULL";

  private static final int COLUMNS = 7;

  private ProbeQuery() {}

  /**
   * Reads the only row.
   *
   * @throws IllegalArgumentException when it is not what was asked for
   */
  static Observation read(NodeId node, long atNanos, String[] row) {
    if (row.length != COLUMNS || row[0] == null) {
      throw new IllegalArgumentException("the probe's answer has another form");
    }
    boolean replica = row[0].equals("t");
    return new Observation(
        node,
        atNanos,
        replica ? Role.REPLICA : Role.PRIMARY,
        timeline(replica, row),
        row[1] == null ? Lsn.NONE : Lsn.parse(row[1]),
        replica && row[3] != null ? Math.max(0, Long.parseLong(row[3])) : -1,
        row[6] == null ? 0 : Long.parseLong(row[6]),
        null);
  }

  private static int timeline(boolean replica, String[] row) {
    if (!replica) {
      return row[2] == null ? 0 : Integer.parseUnsignedInt(row[2], 16);
    }
    int received = row[4] == null ? 0 : Integer.parseInt(row[4]);
    int controlFile = row[5] == null ? 0 : Integer.parseInt(row[5]);
    return Math.max(received, controlFile);
  }
}
