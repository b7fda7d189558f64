/**
 * One client session: its phases from start-up to close, its prepared names, its cancel key, and
 * the requests it sends on to a server connection, and the channels it listens to.
 */
package io.howdah.frontend;
