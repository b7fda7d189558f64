/**
 * The shared listening connection of a database: who hears which channel, the notifications in
 * their order, and what is told when some may be missing. What a client session makes of LISTEN is
 * not here. Floor 4 of the server side.
 */
package io.howdah.backend.listen;
