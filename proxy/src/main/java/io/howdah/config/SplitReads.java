package io.howdah.config;

/** Whether reads outside a transaction go to replicas. */
public enum SplitReads {
  /** They do. */
  TRUE,
  /** They go to the primary like everything else, unless a client asks for a replica. */
  FALSE,
  /** As FALSE, but what TRUE would do is worked out and counted. */
  SHADOW
}
