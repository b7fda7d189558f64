/**
 * Where a request goes: looks ahead over a batch before its first message is sent, keeps account of
 * transactions on replicas, and tells of the route. Which replica it is, is not decided here. Floor
 * 3 of the client side.
 */
package io.howdah.frontend.routing;
