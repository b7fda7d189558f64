/**
 * LISTEN and NOTIFY through the shared connection, as PostgreSQL itself would have it, with
 * drivers, and when connections are lost.
 */
package io.howdah.e2e.listen;
