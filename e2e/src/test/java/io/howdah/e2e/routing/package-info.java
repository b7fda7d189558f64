/**
 * Where statements run: reads on replicas, writes on the primary, and what heals when that was
 * wrong.
 */
package io.howdah.e2e.routing;
