/**
 * SQL text → facts → target and reason. The scanner knows PostgreSQL's lexical rules, the
 * classifier what a statement may do. Pure, without I/O, without allocation for a statement it has
 * seen.
 */
package io.howdah.route;
