/**
 * What a session carries from one request to the next, and the interfaces through which the rooms
 * see what is above them: {@link io.howdah.frontend.session.Client} the client, {@link
 * io.howdah.frontend.session.Loop} what a worker lends, {@link
 * io.howdah.frontend.session.CurrentTurn} the turn that is on. Floor 2 of the client side.
 */
package io.howdah.frontend.session;
