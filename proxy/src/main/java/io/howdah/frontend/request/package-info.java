/**
 * The client's messages on their way to a server, one class a kind of message, and what must be
 * sent ahead of them. Their replies are not read here. Floor 7 of the client side.
 */
package io.howdah.frontend.request;
