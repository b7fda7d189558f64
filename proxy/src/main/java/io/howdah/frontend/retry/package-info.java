/**
 * Runs a request again: keeps what the client sent for as long as nothing was told of it, and knows
 * the errors after which that heals. Floor 5 of the client side.
 */
package io.howdah.frontend.retry;
