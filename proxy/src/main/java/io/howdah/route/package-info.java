/**
 * SQL text → facts → target and reason. Pure, without I/O, without allocation for the common read.
 *
 * <p>{@link io.howdah.route.Classifier} looks at every token (the scanner knows PostgreSQL's
 * lexical rules) and gives {@link io.howdah.route.Facts}: the {@link io.howdah.route.Kind}, the
 * {@link io.howdah.route.Reason} with its culprit, the {@link io.howdah.route.Hint} of a comment,
 * and the {@link io.howdah.route.SessionEffect}s. {@link io.howdah.route.Functions} says what calls
 * mean; the table of built-in ones is a resource written from a real server's pg_proc. {@link
 * io.howdah.route.StatementCache} remembers facts by text, {@link io.howdah.route.ReplicaChooser}
 * finds the node.
 *
 * <p>In doubt a statement is for the primary. What the text can't show (functions behind operators,
 * views, casts, a user's overload of a built-in name; temporary tables that are named without
 * pg_temp) is presumed to read: a replica refuses it with 25006 if it does write, and a pin keeps
 * temporary tables where they are.
 */
package io.howdah.route;
