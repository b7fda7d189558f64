/**
 * Connections for replication, one for each client that asks: past the pools, never shared, never
 * given back. Floor 4 of the server side.
 */
package io.howdah.backend.replication;
