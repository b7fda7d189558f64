package io.howdah.lab;

import java.util.stream.Collectors;

/** What the demo shows once all runs. */
final class DemoScreen {
  private DemoScreen() {}

  static String text(Cluster cluster, HowdahProcess howdah, int port) {
    String demo = "psql postgresql://demo:demo@localhost:" + port + "/" + DemoCluster.DATABASE;
    String console = "psql postgresql://demo:demo@localhost:" + port + "/howdah";
    return """

    Howdah is up, in front of PostgreSQL %s.

      connect   psql "host=localhost port=%d dbname=demo user=demo password=demo"
                or any driver, for instance
                jdbc:postgresql://localhost:%d/demo?user=demo&password=demo
    %s
      try       a read, and which server answered it (call it a few times):
                %s -c "SELECT inet_server_port(), pg_is_in_recovery() AS replica"
                a write, which goes to the primary:
                %s -c "INSERT INTO orders (customer_id) VALUES (1) RETURNING id, inet_server_port()"
                the admin console:
                %s -c "SHOW POOLS"

      servers   %s
      health    %s
      metrics   %s

      stop      Ctrl-C
    """
        .formatted(
            cluster.primary().query("SHOW server_version"),
            port,
            port,
            psqlNote(),
            demo,
            demo,
            console,
            servers(cluster),
            howdah.httpUrl("/q/health"),
            howdah.httpUrl("/q/metrics"));
  }

  private static String psqlNote() {
    return Spawn.onPath("psql")
        ? ""
        : "            psql is not installed here; it comes with the package postgresql-client\n";
  }

  private static String servers(Cluster cluster) {
    Postgres primary = cluster.primary();
    return cluster.nodes().stream()
        .map(node -> node.port() + (node == primary ? " primary" : " replica"))
        .collect(Collectors.joining(", "));
  }
}
