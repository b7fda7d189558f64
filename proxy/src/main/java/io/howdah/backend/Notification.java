package io.howdah.backend;

/**
 * One NotificationResponse, as the server sent it. Immutable; shared by all who hear it.
 *
 * @param channel the channel's name
 * @param message the whole message, type and length included; not to be written to
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">PostgreSQL,
 *     section 54.7</a>
 */
@SuppressWarnings("ArrayRecordComponent") // shared and never compared
public record Notification(String channel, byte[] message) {}
