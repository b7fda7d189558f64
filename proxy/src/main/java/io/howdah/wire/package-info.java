/**
 * Bytes ⇄ frames and messages of PostgreSQL's frontend/backend protocol, both directions, 3.0 and
 * 3.2. No sockets, no sessions, no policy: this package knows how a message looks, never why it is
 * sent.
 */
package io.howdah.wire;
