package io.howdah.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The watch is on without any test asking for it, and does see what is lost. */
class LeakWatchTest {
  /** Ways to lose a buffer. */
  enum Loss {
    POOLED {
      @Override
      void happen() {
        PooledByteBufAllocator.DEFAULT.buffer(64).writeInt(1);
      }
    },
    UNPOOLED_DIRECT {
      @Override
      void happen() {
        Unpooled.directBuffer(64).writeInt(2);
      }
    },
    RETAINED_SLICE {
      @Override
      void happen() {
        ByteBuf whole = PooledByteBufAllocator.DEFAULT.buffer(64).writeInt(3);
        whole.retainedSlice(0, 2).touch("the lost slice");
        whole.release();
      }
    };

    abstract void happen();
  }

  @Test
  void everyBufferIsWatched() {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aLostBufferFailsItsClass(Loss loss) {
    LeakWatch.failOnLeaks("what came before");
    loss.happen();
    assertThatThrownBy(() -> LeakWatch.failOnLeaks("this test"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(" up to the end of this test")
        .hasMessageContaining("LeakWatchTest.java");
    assertThatCode(() -> LeakWatch.failOnLeaks("the same test")).doesNotThrowAnyException();
  }

  @Test
  void whatIsReleasedOrStillInUseIsNoLeak() {
    ByteBuf inUse = PooledByteBufAllocator.DEFAULT.buffer(8);
    PooledByteBufAllocator.DEFAULT.buffer(8).release();
    assertThatCode(() -> LeakWatch.failOnLeaks("this test")).doesNotThrowAnyException();
    List.of(inUse).forEach(ByteBuf::release);
  }
}
