/**
 * From an address to a channel that is logged in: TLS, authentication, the server's greeting,
 * cancel requests, and small questions of Howdah's own on such a channel. What is done with the
 * connection afterwards is not here. Floor 2 of the server side.
 */
package io.howdah.backend.login;
