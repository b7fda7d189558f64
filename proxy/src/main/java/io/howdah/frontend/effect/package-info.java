/**
 * What statements did to the session, once the server said that they were done: settings, pins,
 * channels, and the check whether what pinned it is gone. Floor 4 of the client side.
 */
package io.howdah.frontend.effect;
