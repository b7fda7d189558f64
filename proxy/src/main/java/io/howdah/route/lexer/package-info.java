/**
 * PostgreSQL's lexical rules: where tokens begin and end, names, numbers, strings in all their
 * quotes, comments and the hints in them. What tokens mean together is not known here. Floor 1 of
 * routing.
 */
package io.howdah.route.lexer;
