package io.howdah.pool;

import io.howdah.error.PgError;

/** A client of the simulated world: takes a connection, keeps it until told, gives it back. */
final class Client implements Waiter<World.Conn> {
  final World world;
  final Pool<World.Conn> pool;
  Waiting<World.Conn> waiting;
  World.Conn has;
  PgError refusal;
  boolean cancelled;
  int answers;
  long askedAt;
  long grantedAt;

  Client(World world, Pool<World.Conn> pool) {
    this.world = world;
    this.pool = pool;
  }

  Client ask() {
    answers = 0;
    refusal = null;
    waiting = null;
    askedAt = world.nanoTime();
    World.Conn c = pool.acquire(askedAt);
    if (c != null) {
      granted(c);
    } else {
      waiting = pool.await(this, askedAt);
    }
    return this;
  }

  /** In an event of its own. */
  void giveBack() {
    World.Conn c = has;
    has = null;
    pool.release(c, world.nanoTime());
    world.endOfEvents();
  }

  /** In an event of its own. */
  void vanish() {
    cancelled = true;
    pool.cancel(waiting, world.nanoTime());
    world.endOfEvents();
  }

  boolean waits() {
    return answers == 0 && !cancelled;
  }

  @Override
  public void granted(World.Conn connection) {
    if (cancelled) {
      throw new AssertionError("granted after it left");
    }
    world.granted(this);
    answers++;
    grantedAt = world.nanoTime();
    has = connection;
  }

  @Override
  public void refused(PgError error) {
    if (cancelled) {
      throw new AssertionError("refused after it left");
    }
    answers++;
    refusal = error;
  }
}
