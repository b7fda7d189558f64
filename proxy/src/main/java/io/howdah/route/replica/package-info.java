/**
 * The choice among replicas, by health, lag, load and how fresh a session needs them to be. Pure:
 * it is handed what is known of each. Floor 3 of routing.
 */
package io.howdah.route.replica;
