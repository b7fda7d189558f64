package io.howdah.bench;

import java.util.OptionalLong;
import java.util.Set;

/**
 * A way from pgbench to the server.
 *
 * @param database the name to ask for at {@code port}
 * @param pid the pooler's process; empty for a direct connection
 * @param compiles whether it gets faster while it runs, and needs a warm-up
 * @param protocols of pgbench that it can do
 */
record Contender(
    String name,
    int port,
    String database,
    OptionalLong pid,
    boolean compiles,
    Set<String> protocols) {}
