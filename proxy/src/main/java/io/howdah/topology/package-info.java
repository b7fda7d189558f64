/**
 * Clusters, nodes, roles, timelines, lag and LSN, and the fencing rules that decide which node may
 * be written to. Pure: sources of topology live outside and hand observations in.
 */
package io.howdah.topology;
