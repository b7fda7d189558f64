/**
 * One logged-in server connection: how its replies are read against the ledger, what Howdah runs on
 * it on its own account, what it may have kept of a session, and how it ends. The session that has
 * it is an interface, {@link io.howdah.backend.connection.SessionLink}; pools are not known here.
 * Floor 3 of the server side.
 */
package io.howdah.backend.connection;
