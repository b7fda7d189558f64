package io.howdah.pool;

/** Waiters in the order of their coming; a linked list, so that any of them can leave at once. */
final class WaitQueue<C> {
  private Waiting<C> oldest;
  private Waiting<C> newest;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  Waiting<C> oldest() {
    return oldest;
  }

  void add(Waiting<C> w) {
    w.older = newest;
    if (newest == null) {
      oldest = w;
    } else {
      newest.newer = w;
    }
    newest = w;
    size++;
  }

  /** For a waiter whose connection died before it got it: it keeps its turn. */
  void putBack(Waiting<C> w) {
    w.state = Waiting.State.QUEUED;
    w.newer = oldest;
    if (oldest == null) {
      newest = w;
    } else {
      oldest.older = w;
    }
    oldest = w;
    size++;
  }

  Waiting<C> poll() {
    Waiting<C> w = oldest;
    remove(w);
    w.state = Waiting.State.DECIDED;
    return w;
  }

  void remove(Waiting<C> w) {
    if (w.older == null) {
      oldest = w.newer;
    } else {
      w.older.newer = w.newer;
    }
    if (w.newer == null) {
      newest = w.older;
    } else {
      w.newer.older = w.older;
    }
    w.older = null;
    w.newer = null;
    size--;
  }
}
