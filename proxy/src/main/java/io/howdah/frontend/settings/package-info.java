/**
 * What SET, RESET and their kin make of a session's settings, with transactions and savepoints, as
 * values. What is sent to servers for that is not here. Floor 1 of the client side.
 */
package io.howdah.frontend.settings;
