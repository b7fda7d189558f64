/**
 * The application: turns the configuration sources into typed records, starts, reloads, drains and
 * stops the proxy, and listens for signals. How the proxy is observed is {@link io.howdah.observe}.
 */
package io.howdah.app;
