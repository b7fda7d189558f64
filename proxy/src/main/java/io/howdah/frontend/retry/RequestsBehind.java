package io.howdah.frontend.retry;

import io.howdah.route.fact.Facts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The requests that a client has sent to a replica behind one that may have to run again: they run
 * again behind it then, in their order. So they are only such as leave nothing behind where they
 * ran to their end, and begin no transaction.
 *
 * <p>Thread: the session's event loop.
 */
final class RequestsBehind {
  private final RetainedRequest all = new RetainedRequest();
  private int count;

  /** Whether there is one. */
  boolean areAny() {
    return count > 0;
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** Whether the last of them lacks its Sync. */
  boolean isLastOpen() {
    return count > 0 && !all.isComplete();
  }

  /** One more begins, within so many bytes in all. */
  void begin(ByteBufAllocator alloc, int mostBytes) {
    if (count++ == 0) {
      all.begin(alloc, mostBytes);
    } else {
      all.beginNext();
    }
  }

  /** Takes in a message of the last one; whether it could. */
  boolean add(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return all.add(type, bodyLength, in, start, end, false);
  }

  /** The message that was taken in last was not sent. */
  void takeBack() {
    if (all.takeBack()) {
      return;
    }
    if (--count > 0) {
      all.complete();
    } else {
      all.release();
    }
  }

  /** The last one runs a text. Whether it may be sent twice. */
  boolean runs(Facts facts) {
    return all.runs(facts, true) && all.isCertainRead() && !all.isTransactional();
  }

  /** The bytes of these behind those of the first, for the caller to release. */
  ByteBuf behind(ByteBuf first, ByteBufAllocator alloc) {
    if (count == 0) {
      return first.retain();
    }
    ByteBuf bytes = all.bytes();
    return alloc
        .buffer(first.readableBytes() + bytes.readableBytes())
        .writeBytes(first, first.readerIndex(), first.readableBytes())
        .writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
  }

  void release() {
    if (count > 0) {
      count = 0;
      all.release();
    }
  }
}
