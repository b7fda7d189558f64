package io.howdah.frontend.retry;

/** How far a request has come that may be run again. */
enum Stage {
  /** Nothing is retained. */
  OFF,
  /** A request is retained, and of its answer nothing but preliminaries has come. */
  OPEN,
  /** The client has heard of the answer: nothing can be done any more, but something learnt. */
  TOLD,
  /** There is a remedy; the rest of the answer is awaited. */
  HEALING,
  /** The answer is over; the connection may be parted with. */
  VOID;

  /** Whether what the server says is not for the client, or not yet. */
  boolean holds() {
    return this == OPEN || this == HEALING || this == VOID;
  }
}
