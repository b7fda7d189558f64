/**
 * What Howdah itself tells a client when it can't do as asked: one {@link io.howdah.error.PgError}
 * subtype a reason, with the SQLSTATE, message, detail and hint that PostgreSQL's users know.
 * Errors that the server reports are not here: they are passed on as the server's own bytes.
 */
package io.howdah.error;
