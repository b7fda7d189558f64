/**
 * A small shop on Hibernate, HikariCP, Flyway and pgjdbc, run direct and through Howdah. It knows
 * nothing of Howdah, and sets no flag of a driver for it.
 */
package io.howdah.compat.hibernate;
