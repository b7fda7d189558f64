/**
 * The event interfaces that the data plane calls, and the counters it keeps, for whoever observes
 * it. No metrics library here.
 */
package io.howdah.telemetry;
