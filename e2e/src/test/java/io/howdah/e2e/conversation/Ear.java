package io.howdah.e2e.conversation;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Hears all that a server says on one connection, on a thread of its own. */
final class Ear {
  private static final int MANY = 1 << 20;

  private final Wire wire;
  private final List<Message> heard = new ArrayList<>();
  private int ready;

  /** Answers to messages since the last ReadyForQuery. */
  private int further;

  private boolean ended;

  Ear(Wire wire) {
    this.wire = wire;
    Thread.ofVirtual().start(this::listen);
  }

  private void listen() {
    try {
      while (true) {
        hear(wire.read());
      }
    } catch (IOException e) {
      end();
    }
  }

  private synchronized void hear(Message message) {
    heard.add(message);
    switch (message.type()) {
      case 'Z' -> {
        ready++;
        further = 0;
      }
      // Each the last of the answer to one message of a batch, or of all that are left of it.
      case '1', '2', '3', 'T', 'n', 'C', 'I', 's', 'G' -> further++;
      case 'E' -> further = MANY;
      default -> {}
    }
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** How often it heard ReadyForQuery. */
  synchronized int ready() {
    return ready;
  }

  /**
   * Waits until it heard ReadyForQuery so often, and so many further answers behind it or an error;
   * or heard nothing for so long. Which of these decides nothing but how densely the client goes
   * on.
   */
  synchronized void pause(int wanted, int furtherAnswers, long quietMillis) {
    int before = -1;
    while (!ended && (ready < wanted || further < furtherAnswers) && heard.size() != before) {
      before = heard.size();
      await(quietMillis);
    }
  }

  /** Waits until it heard ReadyForQuery. Whether it did. */
  synchronized boolean awaitReady(long boundMillis) {
    return awaitThat(() -> ready > 0, boundMillis) && !ended;
  }

  /** Forgets all it heard. */
  synchronized void forget() {
    heard.clear();
    ready = 0;
    further = 0;
  }

  /**
   * Waits until it heard this value in a row and ReadyForQuery behind it. Whether it came to it.
   */
  synchronized boolean awaitEnd(String value, long boundMillis) {
    return awaitThat(() -> hasEnd(value), boundMillis);
  }

  private boolean hasEnd(String value) {
    int last = heard.size() - 1;
    return last >= 2
        && heard.get(last).type() == 'Z'
        && heard.get(last - 2).type() == 'D'
        && heard.get(last - 2).row().contains(value);
  }

  /** Waits until the server has closed the connection. Whether it came to it. */
  synchronized boolean awaitClose(long boundMillis) {
    return awaitThat(() -> false, boundMillis);
  }

  /** Waits for something to be heard, or for the end. Whether it came to either. */
  private boolean awaitThat(BooleanSupplier what, long boundMillis) {
    long end = System.nanoTime() + boundMillis * 1_000_000;
    while (!ended && !what.getAsBoolean()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      await(left);
    }
    return true;
  }

  /** Waits for the next thing that happens, or for so long; the caller looks what is the case. */
  @SuppressWarnings("WaitNotInLoop")
  private void await(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** All it heard so far. */
  synchronized List<Message> heard() {
    return List.copyOf(heard);
  }

  /** Whether the server has closed the connection. */
  synchronized boolean isEnded() {
    return ended;
  }
}
