/**
 * Prepared statements over shared server connections: names, plans that went stale, protocol and
 * SQL together.
 */
package io.howdah.e2e.prepared;
