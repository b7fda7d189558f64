/**
 * What people and machines see of the running proxy: metrics, health and the log of events. It
 * knows the proxy only as {@link io.howdah.observe.ObservedProxy}.
 */
package io.howdah.observe;
