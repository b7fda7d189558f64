package io.howdah.backend.wal;

import io.howdah.topology.CommitPoint;
import io.howdah.topology.Lsn;
import io.howdah.topology.WalToken;

/**
 * A question for a primary's or a replica's place in the WAL. It needs no special grant.
 *
 * @param place what a replica is asked for; null for the primary
 * @param pauseMillis between two of a replica's {@link #LOOKS}; 0 where it is to answer at once
 */
record WalQuery(Lsn place, int pauseMillis) {
  /** The first server that knows WAIT FOR LSN. */
  static final int WAITS_SINCE = 19;

  /** How often a replica looks in the course of one question. */
  static final int LOOKS = 4;

  /**
   * What a connection must be told first. Planned once: planning costs the server more than the
   * answer.
   *
   * <p>The default of synchronous_commit is that of the probe's role; others may have one of their
   * own. A replica answers once it has replayed up to a place, else after some looks; what it says
   * is where it is by then.
   */
  static final String DECLARATIONS =
      """
      PREPARE howdah_place AS
      SELECT pg_current_wal_flush_lsn(), pg_current_wal_insert_lsn(),
      substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8),
      current_setting('wal_block_size'), pg_size_bytes(current_setting('wal_segment_size')),
      current_setting('synchronous_commit') = 'off' OR EXISTS (
        SELECT FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE c LIKE 'synchronous_commit=%%');
      PREPARE howdah_replayed (pg_lsn, float8) AS
      SELECT pg_last_wal_replay_lsn() FROM generate_series(1, %1$d) look
      WHERE pg_is_in_recovery() AND CASE
        WHEN look = %1$d OR pg_last_wal_replay_lsn() >= $1 THEN true
        ELSE pg_sleep($2) IS NULL END
      LIMIT 1;
      """
          .formatted(LOOKS);

  /** For the primary. A refusal, as of one that is no primary any more, is an answer too. */
  static final WalQuery PRIMARY = new WalQuery(null, 0);

  /** For a replica: where it is, whatever it has replayed. */
  static final WalQuery POSITION = new WalQuery(Lsn.NONE, 0);

  /** Headers of WAL pages: of the first of a segment, and of the others. */
  private static final int LONG_HEADER_BYTES = 40;

  private static final int SHORT_HEADER_BYTES = 24;

  /**
   * For a replica: how far it is, once it has replayed up to a place or some time has passed.
   *
   * @param pauseMillis between two of its {@link #LOOKS}
   */
  static WalQuery replayed(Lsn place, int pauseMillis) {
    return new WalQuery(place, pauseMillis);
  }

  /** Whether a server that knows WAIT FOR LSN is asked by that. */
  boolean canWait() {
    return place != null && pauseMillis > 0;
  }

  /** As any server understands it that has seen {@link #DECLARATIONS}. */
  String sql() {
    return place == null
        ? "EXECUTE howdah_place"
        : "EXECUTE howdah_replayed('" + place + "', " + pauseMillis / 1000.0 + ")";
  }

  /**
   * As servers understand it that know WAIT FOR LSN.
   *
   * @see <a href="https://www.postgresql.org/docs/19/sql-wait-for.html">WAIT FOR</a>
   */
  String waiting() {
    int millis = (LOOKS - 1) * pauseMillis;
    return "WAIT FOR LSN '" + place + "' WITH (TIMEOUT '" + millis + "ms', NO_THROW)";
  }

  /**
   * Reads a primary's answer.
   *
   * @throws IllegalArgumentException when it is not what was asked for
   */
  static CommitPoint point(long covers, String[] row) {
    if (row.length != 6 || row[0] == null || row[1] == null || row[2] == null) {
      throw new IllegalArgumentException("the primary's answer has another form");
    }
    int timeline = Integer.parseUnsignedInt(row[2], 16);
    Lsn inserted = endOfRecord(Lsn.parse(row[1]), Integer.parseInt(row[3]), Long.parseLong(row[4]));
    return new CommitPoint(
        covers,
        new WalToken(timeline, Lsn.parse(row[0])),
        new WalToken(timeline, inserted),
        row[5].equals("t"));
  }

  /**
   * Reads a replica's answer: a place up to which it has certainly replayed, or null when it is no
   * replica or did not say.
   *
   * @param asked the place that it was asked for
   * @param before what it said last, over the same connection; or null
   * @throws IllegalArgumentException when it is not what was asked for
   */
  static Lsn replayed(String[] row, Lsn asked, Lsn before) {
    if (row == null || row.length != 1 || row[0] == null) {
      return null;
    }
    return switch (row[0]) {
      case "success" -> before != null && before.compareTo(asked) > 0 ? before : asked;
      case "timeout" -> before == null ? Lsn.NONE : before;
      case "not in recovery" -> null;
      default -> Lsn.parse(row[0]);
    };
  }

  /** Whether an answer that could be read is where the replica is, and no place before that. */
  static boolean isPosition(String[] row) {
    return row != null && row.length == 1 && row[0] != null && row[0].indexOf('/') > 0;
  }

  /**
   * Where the last record before an insert position ends. The position is that of the next record:
   * on a fresh page it is behind the header, which a replica reaches only with that next record.
   */
  static Lsn endOfRecord(Lsn insert, int pageBytes, long segmentBytes) {
    long at = insert.value();
    if (Long.remainderUnsigned(at, segmentBytes) == LONG_HEADER_BYTES) {
      return new Lsn(at - LONG_HEADER_BYTES);
    }
    return Long.remainderUnsigned(at, pageBytes) == SHORT_HEADER_BYTES
        ? new Lsn(at - SHORT_HEADER_BYTES)
        : insert;
  }
}
