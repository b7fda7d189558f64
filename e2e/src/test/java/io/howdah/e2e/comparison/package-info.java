/**
 * The same messages to PostgreSQL and through Howdah, byte by byte: scenarios of both protocols,
 * and of clients that break off halfway.
 */
package io.howdah.e2e.comparison;
