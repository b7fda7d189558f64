/**
 * Leases, waiters, lifetimes and budgets over any type of connection. Each {@link
 * io.howdah.pool.Pool} belongs to one event loop and is single-threaded; the pools of one key share
 * a {@link io.howdah.pool.Budget}, which any thread may use. Pure: time comes in as a parameter or
 * through {@link io.howdah.pool.Loops}, and connections are opened, closed and moved by {@link
 * io.howdah.pool.PoolActions}.
 */
package io.howdah.pool;
