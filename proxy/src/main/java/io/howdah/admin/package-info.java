/**
 * The console's commands ({@code SHOW POOLS} …) over snapshots and a small {@code Control}
 * interface. It sees no live session and no connection.
 */
package io.howdah.admin;
