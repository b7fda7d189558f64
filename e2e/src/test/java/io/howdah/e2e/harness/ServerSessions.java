package io.howdah.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;

/**
 * What a server says of the sessions that Howdah has there as the usual user, but for the short
 * ones that read the catalog beside the pools.
 */
public final class ServerSessions {
  private static final String MINE =
      " FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename = '"
          + Servers.USER
          + "' AND application_name <> 'howdah catalog'";

  private ServerSessions() {}

  /** How many there are, by a connection that {@link Servers#superuser} opened. */
  public static int count(Db superuser) {
    return Integer.parseInt(superuser.value("SELECT count(*)" + MINE));
  }

  /** Waits until every session of every node is idle: no query runs, no transaction is open. */
  public static void awaitIdle() {
    Servers servers = Servers.shared();
    awaitIdle(servers.primary());
    servers.replicas().forEach(ServerSessions::awaitIdle);
  }

  private static void awaitIdle(HostPort node) {
    try (Db db = Servers.shared().superuser(node)) {
      Await.until(
          () -> db.column("SELECT state || ': ' || query" + MINE + " AND state <> 'idle'"),
          busy -> assertThat(busy).isEmpty());
    }
  }

  /** Waits until a query that contains {@code text} runs on the primary. */
  public static void awaitRunning(String text) {
    try (Db db = Servers.shared().superuser(Servers.shared().primary())) {
      Await.until(
          () ->
              db.column(
                  "SELECT pid" + MINE + " AND state = 'active' AND query LIKE '%" + text + "%'"),
          pids -> assertThat(pids).isNotEmpty());
    }
  }
}
