/** Servers, nodes and clients that end, hang or vanish, and what the others are told. */
package io.howdah.e2e.failure;
