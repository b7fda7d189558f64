/**
 * What a server connection owes: one entry for every message that was sent, whether its reply is
 * for the client, swallowed or made up, what an error voids, and when a copy or a transaction has
 * ended. Pure bookkeeping over types of messages, without sockets and without buffers of its own.
 * Floor 1 of the server side.
 */
package io.howdah.backend.ledger;
