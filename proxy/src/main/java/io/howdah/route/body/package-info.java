/**
 * The bodies of functions that users made: what they call, run and leave behind, as far as their
 * text tells, and which functions do so through others. Uses what classifies statements, and hence
 * lies above it: floor 5 of routing.
 */
package io.howdah.route.body;
