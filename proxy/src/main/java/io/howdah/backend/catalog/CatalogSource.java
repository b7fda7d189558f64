package io.howdah.backend.catalog;

import io.howdah.config.DatabaseConfig;

/**
 * Where a database's catalog is read, and as whom.
 *
 * @param entry the configuration entry that covers the database
 * @param serverDatabase the database's name on the server
 * @param serverUser the role that logs in for it
 */
public record CatalogSource(DatabaseConfig entry, String serverDatabase, String serverUser) {}
