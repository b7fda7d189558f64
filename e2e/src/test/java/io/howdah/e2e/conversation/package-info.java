/**
 * Random conversations over the whole frontend protocol, each held with PostgreSQL and then through
 * Howdah, where every client must hear the same and leave the same rows behind. {@link
 * io.howdah.e2e.conversation.Talker} draws what a client says, by seed; {@link
 * io.howdah.e2e.conversation.Stage} has it said; {@link io.howdah.e2e.conversation.Shrinker} makes
 * what differs short enough for a person to read.
 */
package io.howdah.e2e.conversation;
