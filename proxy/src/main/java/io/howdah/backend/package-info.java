/**
 * One server connection: connect, authenticate, keep the ledger of expected replies, bring the
 * session's state over, reset. It knows nothing of client sessions but the narrow interface they
 * hand in. Around it: the pools of one event loop ({@link io.howdah.backend.ServerPools}) and the
 * choice among their nodes, the {@link io.howdah.backend.Transport}, cancel requests, and Howdah's
 * own small questions to servers, with the probes that watch a cluster's nodes, and the connections
 * that LISTEN for many sessions.
 */
package io.howdah.backend;
