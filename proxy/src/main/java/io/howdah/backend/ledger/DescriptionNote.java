package io.howdah.backend.ledger;

import io.netty.buffer.ByteBuf;

/**
 * The note of a Describe: learns what the server says of types, whoever the answer is for.
 *
 * <p>Thread: the event loop of the connection.
 */
public interface DescriptionNote extends ReplyLedger.Note {
  /**
   * A ParameterDescription, RowDescription or NoData came.
   *
   * @param in holds its body whole, from {@code body} on; not to be kept
   */
  void described(byte type, ByteBuf in, int body, int length);
}
