package io.howdah.backend.statement;

import io.howdah.backend.ledger.ReplyLedger;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The way to one server, as those see it who send messages there among the client's: each is noted
 * in the ledger, and written in the same order.
 *
 * <p>Thread: the event loop of the connection.
 */
public interface ServerStream {
  /** What the server owes. */
  ReplyLedger ledger();

  /** Where the buffers of messages come from. */
  ByteBufAllocator alloc();

  /**
   * Sends bytes that the ledger knows of already; they leave with a later flush. Takes the buffer.
   */
  void write(ByteBuf bytes);

  /** Says what Howdah must say itself, now that all before it is answered. */
  void sayMadeUp();
}
