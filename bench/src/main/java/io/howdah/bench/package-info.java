/**
 * Measurements: JMH benchmarks of the hot path, and {@link io.howdah.bench.Compare}, which runs
 * pgbench through whole processes side by side. Nothing here decides a test.
 */
package io.howdah.bench;
