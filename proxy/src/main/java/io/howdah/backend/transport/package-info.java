/**
 * Sockets: which transport this machine offers, how to dial an address, and one way out that keeps
 * back-pressure. Nothing here knows PostgreSQL's messages but their frames. Floor 1 of the server
 * side.
 */
package io.howdah.backend.transport;
