/**
 * Statements as clients know them: their texts with the facts about them, their names, portals, and
 * how a query string is to be read in the session's encoding. What server connections hold is not
 * here. Floor 1 of the client side.
 */
package io.howdah.frontend.prepared;
