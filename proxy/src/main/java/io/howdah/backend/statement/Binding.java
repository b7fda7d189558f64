package io.howdah.backend.statement;

import io.howdah.route.fact.Facts;

/**
 * What the name of a prepared statement stands for in a client session: something that a server
 * connection can be given under any name (from a Parse), or under the very name (from PREPARE).
 */
public sealed interface Binding permits Statement, DeclaredStatement {
  /** What it does when it is executed. */
  Facts facts();

  /** About what it takes in memory. */
  int bytes();
}
