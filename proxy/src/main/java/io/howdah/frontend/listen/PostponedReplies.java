package io.howdah.frontend.listen;

import io.howdah.backend.transport.Outlet;
import io.howdah.frontend.session.Client;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a client is told only once something else was said ahead of it. Everything that follows
 * waits too, so nothing changes places; for a short time, and with so many bytes that the server is
 * read no further.
 *
 * <p>Thread: the session's event loop.
 */
final class PostponedReplies implements Outlet.Holder {
  private static final int MOST_BYTES = 64 << 10;
  private static final int PATIENCE_MILLIS = 250;

  /** What waits behind one point of the stream, up to the next. */
  static final class Part {
    private final List<ByteBuf> bytes = new ArrayList<>();
  }

  private final Client session;

  /** Says what is to be said ahead. */
  private final Runnable say;

  private final ArrayDeque<Part> parts = new ArrayDeque<>();
  private ScheduledFuture<?> timer;
  private int size;

  PostponedReplies(Client session, Runnable say) {
    this.session = session;
    this.say = say;
  }

  /** Holds what is sent from now on, until {@link #release} of what this returns. */
  Part hold() {
    Part part = new Part();
    parts.add(part);
    session.output().hold(this);
    if (timer == null) {
      timer =
          session
              .channel()
              .eventLoop()
              .schedule(this::giveUp, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
    return part;
  }

  @Override
  public void add(ByteBuf bytes) {
    parts.getLast().bytes.add(bytes);
    size += bytes.readableBytes();
    if (isFull()) {
      session.clientWritable(false);
    }
  }

  @Override
  public boolean isFull() {
    return size > MOST_BYTES;
  }

  /** What stood in the way of one part was said, or never will be. Parts end in their order. */
  void release(Part part) {
    if (parts.peekFirst() != part) {
      return;
    }
    say.run();
    boolean wasFull = isFull();
    parts.removeFirst();
    if (parts.isEmpty()) {
      stop();
    }
    pass(part);
    flush(wasFull);
  }

  private void flush(boolean wasFull) {
    session.flush();
    if (wasFull && !isFull()) {
      session.clientWritable(session.isClientWritable());
    }
  }

  private void giveUp() {
    boolean wasFull = isFull();
    end();
    flush(wasFull);
  }

  /** Holds nothing any more, but leaves it to the caller to flush. */
  @Override
  public void end() {
    // Before anything is said: its time may be over in the midst of that.
    timer.cancel(false);
    say.run();
    stop();
    while (!parts.isEmpty()) {
      pass(parts.removeFirst());
    }
  }

  private void stop() {
    timer.cancel(false);
    timer = null;
    session.output().hold(null);
  }

  private void pass(Part part) {
    for (ByteBuf each : part.bytes) {
      size -= each.readableBytes();
      if (session.channel().isActive()) {
        session.output().writeAhead(each);
      } else {
        each.release();
      }
    }
  }
}
