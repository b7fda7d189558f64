package io.howdah.frontend;

/**
 * The phases of a session that has logged in: it has a server connection, waits for one, or needs
 * none.
 */
sealed interface Turn extends Phase
    permits IdleTurn, BegunTurn, WaitingTurn, AttachedTurn, RefusedTurn {}
