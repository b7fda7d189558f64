/** What one client may cost the others: time, memory, server connections. */
package io.howdah.e2e.cost;
