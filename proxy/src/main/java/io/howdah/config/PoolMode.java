package io.howdah.config;

/** When a client gives its server connection back. */
public enum PoolMode {
  /** When the client disconnects. */
  SESSION,
  /** When a transaction ends. */
  TRANSACTION,
  /** When a statement ends; transactions of several statements are refused. */
  STATEMENT
}
