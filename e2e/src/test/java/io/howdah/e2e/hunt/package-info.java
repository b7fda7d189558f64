/**
 * Hunts for what leaks from one session into another: statements that change a session by every
 * route that there is, drawn at random, and a look at everything that sessions have afterwards.
 */
package io.howdah.e2e.hunt;
