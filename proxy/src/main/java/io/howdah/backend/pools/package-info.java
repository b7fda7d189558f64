/**
 * The server side of one event loop: its pools, the choice among the nodes of a cluster, the check
 * of what comes back for things left behind. Whose turn it is in a pool is decided in {@code pool}.
 * The top floor of the server side.
 */
package io.howdah.backend.pools;
