package io.howdah;

import io.howdah.pool.EndOfEvent;
import io.howdah.pool.Loops;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Netty's event loops, numbered as the pools know them. Thread: any. */
final class EventLoops implements Loops {
  private final EventLoop[] loops;
  private final EndOfEvent[] ends;

  EventLoops(EventLoopGroup group) {
    List<EventLoop> list = new ArrayList<>();
    for (EventExecutor executor : group) {
      list.add((EventLoop) executor);
    }
    loops = list.toArray(EventLoop[]::new);
    ends = new EndOfEvent[loops.length];
    for (int i = 0; i < ends.length; i++) {
      int loop = i;
      ends[i] = new EndOfEvent(task -> post(loop, task));
    }
  }

  EventLoop loop(int index) {
    return loops[index];
  }

  /** The number of the loop. */
  int indexOf(EventLoop loop) {
    for (int i = 0; i < loops.length; i++) {
      if (loops[i] == loop) {
        return i;
      }
    }
    throw new IllegalArgumentException("not a loop of this proxy: " + loop);
  }

  @Override
  public int count() {
    return loops.length;
  }

  @Override
  public void post(int loop, Runnable task) {
    try {
      loops[loop].execute(task);
    } catch (RejectedExecutionException e) {
      // The loops have ended, and with them whatever the task was about.
    }
  }

  @Override
  public void atEndOfEvent(int loop, Runnable task) {
    ends[loop].add(task);
  }

  @Override
  public void endOfEvent(int loop) {
    ends[loop].run();
  }

  @Override
  public void postAfter(int loop, Runnable task, long delayNanos) {
    try {
      loops[loop].schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // As above.
    }
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
