/**
 * Prepared statements on one server connection: which ones it holds, under Howdah's names and under
 * those of clients, and the Parse and Close messages that bring that into line. It knows the
 * connection only as {@link io.howdah.backend.statement.ServerStream}; what clients call their
 * statements is not here. Floor 2 of the server side.
 */
package io.howdah.backend.statement;
