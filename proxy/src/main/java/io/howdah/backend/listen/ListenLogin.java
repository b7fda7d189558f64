package io.howdah.backend.listen;

import io.howdah.config.DatabaseConfig;

/**
 * As whom a shared connection may log in: as any of those who listen.
 *
 * @param entry the configuration entry that covers the database
 * @param user the role on the server
 */
public record ListenLogin(DatabaseConfig entry, String user) {}
