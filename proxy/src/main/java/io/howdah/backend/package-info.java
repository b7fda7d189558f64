/**
 * The server side of the proxy: connections to servers, the pools of each event loop, and what is
 * known of clusters and databases. It knows nothing of client sessions but the narrow interfaces
 * that they hand in.
 *
 * <p>No class lives here, only rooms, and each uses only rooms of lower floors: from the socket
 * ({@code transport}), settings and what a connection owes ({@code ledger}) by way of {@code
 * login}, prepared {@code statement}s and one {@code connection} up to the {@code pools}, beside
 * which stand the shared listening connections ({@code listen}), the catalog, WAL positions ({@code
 * wal}) and replication past the pools.
 */
package io.howdah.backend;
