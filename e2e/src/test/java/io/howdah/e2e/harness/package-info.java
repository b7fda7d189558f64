/**
 * What the tests stand on: the servers, a Howdah in this process in front of them, and the waits.
 * Nothing here asserts anything about Howdah but that it had no fault of its own.
 */
package io.howdah.e2e.harness;
