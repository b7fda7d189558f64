/**
 * Where commits are in the WAL, and how far replicas have replayed it, asked together for all the
 * sessions of a loop that want to know. Which replica is read from is chosen elsewhere. Floor 4 of
 * the server side.
 */
package io.howdah.backend.wal;
