/**
 * One server connection: connect, authenticate, keep the ledger of expected replies, bring the
 * session's state over, reset. It knows nothing of client sessions but the narrow interface they
 * hand in.
 */
package io.howdah.backend;
