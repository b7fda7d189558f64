package io.howdah.backend.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReceiveBuffersTest {
  private final ByteBufAllocator alloc = PooledByteBufAllocator.DEFAULT;
  private final ReceiveBuffers buffers = new ReceiveBuffers();

  // Netty asks for it in any case.
  @SuppressWarnings("deprecation")
  private RecvByteBufAllocator.Handle handle() {
    return buffers.newHandle();
  }

  /** As a loop that ends when the task does. */
  private static void onLoop(Runnable task) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread loop = new FastThreadLocalThread(task);
    loop.setUncaughtExceptionHandler((_, e) -> failure.set(e));
    loop.start();
    loop.join();
    assertThat(failure).hasNullValue();
  }

  @Test
  void aBufferThatNobodyHoldsIsGivenAgain() throws InterruptedException {
    AtomicReference<ByteBuf> last = new AtomicReference<>();
    onLoop(
        () -> {
          ByteBuf first = handle().allocate(alloc);
          first.writeLong(1).release();
          ByteBuf second = handle().allocate(alloc);
          assertThat(second).isSameAs(first);
          assertThat(second.readableBytes()).isZero();
          second.release();
          last.set(second);
        });
    assertThat(last.get().refCnt()).as("held when its loop has ended").isZero();
  }

  @Test
  void oneThatSomebodyHoldsIsTheirs() throws InterruptedException {
    onLoop(
        () -> {
          ByteBuf first = handle().allocate(alloc);
          ByteBuf slice = first.writeLong(7).retainedSlice();
          first.release();
          ByteBuf second = handle().allocate(alloc);
          second.writeLong(8);
          assertThat(slice.readLong()).isEqualTo(7);
          slice.release();
          second.release();
          assertThat(first.refCnt()).isZero();
        });
  }

  @Test
  void whoReadsMoreAtOnceGetsMore() throws InterruptedException {
    onLoop(
        () -> {
          RecvByteBufAllocator.Handle handle = handle();
          ByteBuf buffer = handle.allocate(alloc);
          for (int i = 0; i < 3; i++) {
            handle.attemptedBytesRead(buffer.writableBytes());
            handle.lastBytesRead(buffer.writableBytes());
            buffer.release();
            buffer = handle.allocate(alloc);
          }
          assertThat(buffer.writableBytes()).isGreaterThan(ReceiveBuffers.KEPT_BYTES);
          buffer.release();
        });
  }
}
