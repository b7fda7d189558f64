/**
 * Brings the names of prepared statements on a server connection into line with what the session
 * believes of them, and errors that name Howdah's own statements into the client's words. Floor 5
 * of the client side.
 */
package io.howdah.frontend.naming;
