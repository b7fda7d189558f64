package io.howdah.frontend.routing;

import io.howdah.backend.connection.Chore;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.error.PgError;
import io.howdah.wire.FrontendType;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;

/**
 * Whether the batch that is open on a replica has only prepared and described statements so far,
 * and its client then asked for the answers by Flush. Nothing was run then, so the batch may as
 * well end here: what comes next is a batch of its own, with a place of its own.
 *
 * <p>Thread: one session's event loop.
 */
public final class PreparingBatch {
  private boolean only;
  private boolean flushed;

  /** The client has got those answers. */
  private boolean answered;

  /** The session has got a connection. */
  public void begin() {
    only = false;
    flushed = false;
    answered = false;
  }

  /** A message was sent; {@code first} of its batch. */
  public void sent(byte type, boolean first, ByteBuf in, int start) {
    only = (first || only) && prepares(type, in, start);
    flushed = only && type == FrontendType.FLUSH;
    answered = false;
  }

  /** The server owes nothing for now. */
  public void answered() {
    answered = flushed;
  }

  /** Ends it: {@code TurnEnd.settled} follows, or the connection is lost. */
  public void endOn(ServerConnection server) {
    server
        .ownWork()
        .endBatch(
            new Chore() {
              @Override
              public void done() {
                // The message that waits is looked at again.
                begin();
              }

              @Override
              public void failed(PgError error) {
                // The connection is closed, and lost() goes on.
              }
            });
  }

  /** Whether all that it was for is done: the connection is of no more use to it. */
  public boolean isDone() {
    return answered;
  }

  /** Whether a message has to do with preparing statements, and with nothing else. */
  public static boolean prepares(byte type, ByteBuf in, int start) {
    return switch (type) {
      case FrontendType.PARSE, FrontendType.FLUSH -> true;
      case FrontendType.DESCRIBE, FrontendType.CLOSE ->
          in.getByte(start + Protocol.HEADER_BYTES) == 'S';
      default -> false;
    };
  }

  /** Whether the batch can end before a message of this type. */
  public boolean mayEndBefore(byte type) {
    return flushed && type != FrontendType.FLUSH;
  }
}
