package io.howdah.e2e.harness;

/** Starts the servers once for all tests, as the system property {@code servers} says. */
final class SharedServers {
  private static Servers servers;

  private SharedServers() {}

  static synchronized Servers get() {
    if (servers == null) {
      String wanted = System.getProperty("servers", "embedded");
      servers =
          switch (wanted) {
            case "embedded" -> EmbeddedServers.start();
            case "containers" -> ContainerServers.start();
            default ->
                throw new IllegalArgumentException(
                    "-Dservers=" + wanted + "; allowed: embedded, containers");
          };
    }
    return servers;
  }

  static synchronized void stop() {
    if (servers != null) {
      servers.close();
      servers = null;
    }
  }
}
