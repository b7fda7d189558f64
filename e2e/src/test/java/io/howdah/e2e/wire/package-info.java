/**
 * A client that speaks PostgreSQL's protocol message by message over a plain socket, shares no code
 * with Howdah, and keeps every message it was sent.
 */
package io.howdah.e2e.wire;
