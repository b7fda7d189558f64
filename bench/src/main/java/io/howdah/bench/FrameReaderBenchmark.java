package io.howdah.bench;

import io.howdah.wire.FrameHandler;
import io.howdah.wire.FrameReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Cutting a stream where everything passes: what the frames alone cost. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameReaderBenchmark {
  private final ByteBufAllocator alloc = PooledByteBufAllocator.DEFAULT;
  private final ByteBuf rows = Replies.rows();
  private final ByteBuf small = Replies.small();
  private final FrameReader reader = new FrameReader(new PassAll());

  /** 512 rows of 32 bytes in one read. */
  @Benchmark
  public boolean rows16KiB() {
    reader.feed(rows.retainedDuplicate(), alloc);
    return reader.isBetweenFrames();
  }

  /** Four frames in one read. */
  @Benchmark
  public boolean smallReply() {
    reader.feed(small.retainedDuplicate(), alloc);
    return reader.isBetweenFrames();
  }

  /** Gives the buffers back. */
  @TearDown
  public void release() {
    reader.close();
    rows.release();
    small.release();
  }

  private static final class PassAll implements FrameHandler {
    @Override
    public int needs(byte type, int bodyLength) {
      return 0;
    }

    @Override
    public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
      return Verdict.PASS;
    }

    @Override
    public void pass(ByteBuf run) {
      run.release();
    }
  }
}
