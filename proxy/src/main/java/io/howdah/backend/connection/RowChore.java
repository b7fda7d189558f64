package io.howdah.backend.connection;

import io.netty.buffer.ByteBuf;

/**
 * A chore whose query answers with rows that Howdah reads. Rows are small: a longer one ends the
 * connection.
 *
 * <p>Thread: the event loop of the connection.
 */
public interface RowChore extends Chore {
  /** The longest row that is taken, in bytes. */
  int MAX_ROW_BYTES = 1 << 20;

  /** Takes one DataRow, whose body is {@code length} bytes from {@code body}; not to be kept. */
  void row(ByteBuf in, int body, int length);
}
