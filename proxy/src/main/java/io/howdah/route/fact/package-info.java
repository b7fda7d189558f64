/**
 * What can be known of a statement, as values: what kind it is and why, where it may run, what it
 * does to its session. How that is found out is not here. Floor 2 of routing.
 */
package io.howdah.route.fact;
