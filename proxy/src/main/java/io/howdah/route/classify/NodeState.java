package io.howdah.route.classify;

import io.howdah.route.lexer.Name;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * Views that tell what one server has of itself, and not in its tables: sessions, locks, counters,
 * files, slots, prepared transactions. Who asks means the server that takes the writes: there are
 * the locks that its own clients hold, the transactions that a manager prepared, the counters of
 * what was written. Those that tell of a standby's own work are not among them.
 *
 * @see <a href="https://www.postgresql.org/docs/18/views.html">PostgreSQL, chapter 53</a>
 * @see <a href="https://www.postgresql.org/docs/18/monitoring-stats.html">PostgreSQL, section
 *     27.2</a>
 */
final class NodeState {
  private static final byte[][] PREFIXES = bytes("pg_stat_", "pg_statio_");

  /** Views of a standby's own work, and functions, which are judged by what they do. */
  private static final byte[][] OTHERS =
      bytes(
          "pg_stat_wal_receiver",
          "pg_stat_recovery_prefetch",
          "pg_stat_database_conflicts",
          "pg_stat_get_",
          "pg_stat_reset",
          "pg_stat_clear_snapshot",
          "pg_stat_force_next_flush",
          "pg_stat_have_stats",
          "pg_stat_file");

  private static final byte[][] NAMES =
      bytes(
          // Prepared transactions are the primary's: a manager that asks a replica finds none.
          "pg_prepared_xacts",
          "pg_locks",
          "pg_replication_slots",
          "pg_replication_origin_status",
          // A standby's sequences are ahead of the values that were given out.
          "pg_sequences",
          "pg_backend_memory_contexts",
          "pg_shmem_allocations",
          "pg_shmem_allocations_numa",
          "pg_aios",
          "pg_buffercache",
          "pg_file_settings",
          "pg_hba_file_rules",
          "pg_ident_file_mappings");

  private static final byte[] PG = "pg_".getBytes(StandardCharsets.US_ASCII);

  private NodeState() {}

  private static byte[][] bytes(String... names) {
    return Stream.of(names)
        .map(name -> name.getBytes(StandardCharsets.US_ASCII))
        .toArray(byte[][]::new);
  }

  /** Whether a view of this name tells it. */
  static boolean is(Name name) {
    if (!name.startsWith(PG)) {
      return false;
    }
    for (byte[] each : NAMES) {
      if (name.is(each)) {
        return true;
      }
    }
    return (name.startsWith(PREFIXES[0]) || name.startsWith(PREFIXES[1])) && !isOther(name);
  }

  private static boolean isOther(Name name) {
    for (byte[] each : OTHERS) {
      if (name.startsWith(each)) {
        return true;
      }
    }
    return false;
  }
}
