/**
 * PostgreSQL's own regression SQL as a corpus for the classifier: psql runs the scripts against a
 * {@link io.howdah.e2e.corpus.Relay}, which gives every statement first to a replica and then to
 * the primary, and holds what became of it against the {@link io.howdah.route.fact.Kind} that its
 * text was given. Run by {@code compat/suites/corpus.sh}; the scripts are fetched, never kept here.
 */
package io.howdah.e2e.corpus;
