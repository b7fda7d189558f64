/**
 * The server connection that a session has at hand, and the ways to part with it: to the pool, or
 * for good. Floor 6 of the client side.
 */
package io.howdah.frontend.lease;
