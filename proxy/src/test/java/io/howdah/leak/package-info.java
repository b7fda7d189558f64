/**
 * Makes a test class fail that loses one of Netty's buffers. Netty itself only logs a leak, and
 * only where a logger listens. Part of the module's test archive, so that other modules' tests are
 * watched by the same code as soon as the archive is on their class path.
 */
package io.howdah.leak;
