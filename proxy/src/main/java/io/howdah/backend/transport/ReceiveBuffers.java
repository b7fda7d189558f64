package io.howdah.backend.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Gives channels the buffers into which they read. Most of what comes is small and gone by the time
 * the next channel reads, so an event loop keeps one small buffer and gives it again and again, as
 * long as nobody else has a hold on it. Whoever reads more than fits there at once gets buffers of
 * its own, of the size that it has needed so far.
 *
 * <p>Thread: any; a handle is its channel's.
 */
public final class ReceiveBuffers implements RecvByteBufAllocator {
  /** Of the buffer kept; enough for a query and for its reply. */
  static final int KEPT_BYTES = 2048;

  private final RecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator();

  /** Each loop's buffer, with a hold of its own. */
  private final FastThreadLocal<ByteBuf> kept =
      new FastThreadLocal<>() {
        @Override
        protected void onRemoval(ByteBuf buffer) {
          buffer.release();
        }
      };

  // Netty asks for it in any case.
  @SuppressWarnings("deprecation")
  @Override
  public Handle newHandle() {
    return new Reusing((ExtendedHandle) sizes.newHandle());
  }

  private ByteBuf small(ByteBufAllocator alloc) {
    ByteBuf buffer = kept.getIfExists();
    if (buffer == null || buffer.refCnt() != 1) {
      if (buffer != null) {
        buffer.release();
      }
      buffer = alloc.ioBuffer(KEPT_BYTES);
      kept.set(buffer);
    }
    return buffer.clear().retain();
  }

  private final class Reusing extends DelegatingHandle implements ExtendedHandle {
    private final ExtendedHandle sizes;

    Reusing(ExtendedHandle sizes) {
      super(sizes);
      this.sizes = sizes;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
      int size = sizes.guess();
      return size > KEPT_BYTES ? alloc.ioBuffer(size) : small(alloc);
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return sizes.continueReading(maybeMore);
    }
  }
}
