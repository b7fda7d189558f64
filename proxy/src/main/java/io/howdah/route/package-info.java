/**
 * SQL text → facts → target and reason. Pure, without I/O, without allocation for the common read.
 *
 * <p>The rooms, from the ground up: {@code lexer} knows PostgreSQL's lexical rules; {@code fact} is
 * what can be known of a statement, {@link io.howdah.route.fact.Facts} with its {@link
 * io.howdah.route.fact.Kind}, the {@link io.howdah.route.fact.Reason} with its culprit, and the
 * {@link io.howdah.route.fact.SessionEffect}s; {@code function} says what calls mean; {@code
 * classify} looks at every token and gives the facts; {@code body} does the same for the bodies of
 * users' functions. {@code replica} finds the node. Here is only {@link
 * io.howdah.route.StatementCache}, which remembers facts by text.
 *
 * <p>In doubt a statement is for the primary. What the text can't show (functions behind operators,
 * views, casts, a user's overload of a built-in name; temporary tables that are named without
 * pg_temp) is presumed to read: a replica refuses it with 25006 if it does write, and a pin keeps
 * temporary tables where they are.
 */
package io.howdah.route;
