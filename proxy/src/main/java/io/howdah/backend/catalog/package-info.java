/**
 * The functions that users made, read from a database's catalog and read again when it changes, and
 * the count of changes to its schema. What a function's body means is told by {@code route}. Floor
 * 4 of the server side.
 */
package io.howdah.backend.catalog;
