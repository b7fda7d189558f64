/**
 * What a call of a function may do: the built-in ones, from a table written from a real server's
 * pg_proc, and those that users made, from a {@link io.howdah.route.function.Catalog} that is
 * handed in. Floor 3 of routing.
 */
package io.howdah.route.function;
