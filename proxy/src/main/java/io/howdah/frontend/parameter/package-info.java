/**
 * The {@code howdah.*} settings, which clients set and show like any other, and the answers about
 * them, which Howdah gives itself. Floor 3 of the client side.
 */
package io.howdah.frontend.parameter;
