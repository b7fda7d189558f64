/**
 * Leases, waiters, lifetimes and budgets over any type of connection. Each pool belongs to one
 * event loop and is single-threaded; only {@code Budget} is shared between loops. Pure, injected
 * clock.
 */
package io.howdah.pool;
