package io.howdah.e2e.conversation;

/** How Howdah is set up, as far as it matters to what is said. */
enum Manner {
  /** All is said, and all goes to the primary. */
  ON_PRIMARY,
  /** All is said, and reads go to replicas. */
  READS_ON_REPLICAS,
  /** No transaction is begun: in statement mode Howdah ends the session then. */
  WITHOUT_TRANSACTIONS
}
