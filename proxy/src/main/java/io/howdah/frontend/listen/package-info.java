/**
 * The channels that a session hears over the shared connection: LISTEN and UNLISTEN with their
 * transactions, and notifications that wait until the client may be told. Floor 3 of the client
 * side.
 */
package io.howdah.frontend.listen;
