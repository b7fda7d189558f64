/**
 * The watch on a cluster's nodes: asks each over a connection of its own what it is, and how far.
 * What follows from the answers is decided in {@code topology}. Floor 3 of the server side.
 */
package io.howdah.backend.probe;
