/**
 * An embedded PostgreSQL cluster on the loopback interface, for the demo and the tests: {@link
 * io.howdah.lab.Cluster} starts one primary and its streaming replicas from binaries that Maven
 * fetched, and {@link io.howdah.lab.Demo} puts Howdah in front of one.
 *
 * <p>Here is all that knows how servers are unpacked, initialised, copied, started and stopped. Not
 * here: anything of Howdah's own protocol or routing, and anything meant for data that matters. The
 * servers run without fsync and with well-known passwords.
 */
package io.howdah.lab;
