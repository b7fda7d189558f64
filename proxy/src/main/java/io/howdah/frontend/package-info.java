/**
 * Client sessions: one event loop's worker, a session and the phases that it goes through from
 * start-up to close, and within the idle phase and the attached one the turns that clients and
 * servers take.
 *
 * <p>What those use is in rooms, each of which uses only rooms of lower floors: {@code startup},
 * {@code settings} and {@code prepared} are values; {@code session} is what a session carries, and
 * the interfaces through which all rooms see the session, its worker and its turn; {@code cancel},
 * {@code parameter}, {@code listen} and {@code routing} stand on that; then {@code effect}, {@code
 * naming}, {@code retry}, {@code lease} and {@code request}, the client's messages on their way to
 * a server.
 */
package io.howdah.frontend;
