/**
 * A session's parameters as a value: what was set, what that means for {@code DateStyle}, and the
 * statements that lead from one such value to another. Nothing here sends anything. Floor 1 of the
 * server side.
 */
package io.howdah.backend.settings;
