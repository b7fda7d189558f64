/**
 * What a user of Howdah sees, on real servers: the same bytes as from PostgreSQL itself, drivers
 * that work, promises that hold while things go wrong. What one class alone does is tested beside
 * that class, not here.
 */
package io.howdah.e2e;
