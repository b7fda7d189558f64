/**
 * Cancel keys, and cancel requests on their way to a server: none may hit a later query. Floor 3 of
 * the client side.
 */
package io.howdah.frontend.cancel;
