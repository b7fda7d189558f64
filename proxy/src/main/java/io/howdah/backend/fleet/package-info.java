/**
 * What all event loops share: the configuration, the users, the budgets of the pools, and what each
 * cluster looks like now. No connection is kept here. Floor 3 of the server side.
 */
package io.howdah.backend.fleet;
