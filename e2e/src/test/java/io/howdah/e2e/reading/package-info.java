/**
 * What somebody must read to follow a query: the classes through which it passes, recorded while it
 * runs, and held against the reader's list in docs/architecture. Copies of Howdah's classes in a
 * process of their own say when they are entered; what ships says nothing.
 */
package io.howdah.e2e.reading;
