/**
 * How clients get in: TLS, authentication, protocol versions, start-up parameters, limits, and
 * bytes that nobody should send.
 */
package io.howdah.e2e.login;
