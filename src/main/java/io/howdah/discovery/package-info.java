/**
 * Sources of topology beyond asking the servers, as {@link io.howdah.topology.TopologySource}s.
 * Empty so far: the proxy asks the configured hosts by SQL, which needs nothing from here.
 */
package io.howdah.discovery;
