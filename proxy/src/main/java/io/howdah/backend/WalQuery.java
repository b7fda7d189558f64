package io.howdah.backend;

import io.howdah.topology.CommitPoint;
import io.howdah.topology.Lsn;
import io.howdah.topology.WalToken;

/** The questions for a primary's and a replica's place in the WAL. They need no special grant. */
final class WalQuery {
  /**
   * The setting's default is that of the probe's role; others may have one of their own. A server's
   * refusal, as of one that is no primary any more, is an answer too.
   */
  static final String PRIMARY =
      """
      SELECT pg_current_wal_flush_lsn(), pg_current_wal_insert_lsn(),
      substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8),
      current_setting('wal_block_size'), pg_size_bytes(current_setting('wal_segment_size')),
      current_setting('synchronous_commit') = 'off' OR EXISTS (
        SELECT FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE c LIKE 'synchronous_commit=%')""";

  static final String REPLICA = "SELECT pg_last_wal_replay_lsn() WHERE pg_is_in_recovery()";

  /** Headers of WAL pages: of the first of a segment, and of the others. */
  private static final int LONG_HEADER_BYTES = 40;

  private static final int SHORT_HEADER_BYTES = 24;

  private WalQuery() {}

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
