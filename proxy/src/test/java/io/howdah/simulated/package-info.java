/**
 * A server without data that keeps to PostgreSQL's protocol: what it answers stands in the text
 * that it is asked. So what a client must be answered can be worked out without any proxy, and
 * compared with what comes through one, however many clients share a connection.
 *
 * <p>Independent of what it is held against: of Howdah's code it uses nothing.
 */
package io.howdah.simulated;
