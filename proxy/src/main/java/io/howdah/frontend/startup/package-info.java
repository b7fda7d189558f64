/**
 * A client's first packets: what they ask for, which parameters are Howdah's to read, and the
 * limits on how many clients there may be. Nobody is authenticated here. Floor 1 of the client
 * side.
 */
package io.howdah.frontend.startup;
