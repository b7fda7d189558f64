package io.howdah.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.admin.Snapshot;
import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** That nothing is left of clients that have all gone, in Howdah and at the servers. */
final class AtRest {
  private static final String OURS =
      " FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename = '"
          + Servers.USER
          + "'";

  private AtRest() {}

  /**
   * Waits for it.
   *
   * @throws AssertionError with what is left after {@link Await#BOUND}
   */
  static void check(Howdah howdah, List<HostPort> nodes, int poolSize) {
    howdah.awaitRest();
    for (HostPort node : nodes) {
      try (Db db = Servers.shared().superuser(node)) {
        Await.until(
            () -> db.column("SELECT state || ': ' || query" + OURS + " AND state <> 'idle'"),
            busy -> assertThat(busy).as("busy at " + node).isEmpty());
        Await.until(
            () -> new TreeSet<>(db.column("SELECT pid" + OURS)),
            pids -> assertThat(pids).as("processes of " + node).isEqualTo(known(howdah, node)));
        assertThat(
                db.column("SELECT pid || ' ' || objid FROM pg_locks WHERE locktype = 'advisory'"))
            .as("advisory locks at " + node)
            .isEmpty();
        assertThat(db.column("SELECT relname FROM pg_class WHERE relname = 'chaos_own'"))
            .as("temporary tables at " + node)
            .isEmpty();
      }
    }
    serves(howdah, poolSize);
  }

  private static Set<String> known(Howdah howdah, HostPort node) {
    Set<String> pids = new TreeSet<>();
    for (Snapshot.Server each : howdah.proxy().snapshot().toCompletableFuture().join().servers()) {
      if (each.user().equals(Servers.USER) && each.node().endsWith(":" + node.port())) {
        pids.add(Integer.toString(each.remotePid()));
      }
    }
    return pids;
  }

  /** As many clients as the pool has connections work at the same time. */
  private static void serves(Howdah howdah, int poolSize) {
    List<Wire> all = new ArrayList<>();
    try {
      for (int i = 0; i < poolSize; i++) {
        Wire wire = howdah.wire();
        all.add(wire);
        wire.query("BEGIN");
        assertThat(wire.value("SELECT 'fine', txid_current()")).isEqualTo("fine");
        assertThat(wire.value("SHOW application_name")).isEmpty();
      }
      for (Wire each : all) {
        assertThat(each.query("COMMIT").getLast().body()).containsExactly('I');
        each.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
