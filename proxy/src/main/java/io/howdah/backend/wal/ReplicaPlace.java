package io.howdah.backend.wal;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.fleet.Fleet;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.WalToken;
import io.netty.channel.EventLoop;

/**
 * How far one replica has replayed, as far as it was asked.
 *
 * <p>What is known is true of the server process that said it. One that crashes may come back with
 * less than it had; but its crash cuts all connections. So it counts for a connection only if that
 * was open already when the question was sent, and an answer adds to the one before it only if both
 * came over one connection.
 *
 * <p>Thread: the event loop given.
 */
final class ReplicaPlace {
  /** At most the pause between two looks of a replica that is behind is doubled so often. */
  private static final int MOST_DOUBLED = 2;

  private final Fleet fleet;
  private final NodeId node;
  private final WalInquirer inquirer;

  private Lsn replayed;
  private long askedAtNanos;

  /** Where it was, as said over the connection at hand. */
  private final PositionHistory history = new PositionHistory();

  /** Whether that was said over the connection at hand. */
  private boolean saidHere;

  /** What it is being asked for; null when it is not. */
  private Lsn asked;

  /** How many questions in a row it answered before it was where it was asked for. */
  private int vain;

  ReplicaPlace(Fleet fleet, EventLoop loop, NodeId node) {
    this.fleet = fleet;
    this.node = node;
    this.inquirer = new WalInquirer(fleet, loop, node, this::lost);
  }

  private void lost() {
    saidHere = false;
    history.clear();
  }

  NodeId node() {
    return node;
  }

  /** Whether it is known to have replayed up to a token. */
  boolean hasReached(int timeline, WalToken token) {
    return replayed != null && token.isReached(timeline, replayed);
  }

  /** Whether what is known of it holds for a connection to it. */
  boolean isCertainFor(ServerConnection connection) {
    return replayed != null && askedAtNanos - connection.opening().atNanos() > 0;
  }

  /**
   * A place behind all that could be read there, or null when none is known.
   *
   * @param beganNanos when the read was begun
   * @param endedNanos when its answer was there
   */
  Lsn behind(long beganNanos, long endedNanos) {
    return inquirer.isOpenSince(beganNanos) ? history.behind(endedNanos) : null;
  }

  /** Whether it can be asked for such a place: by the process that served the read. */
  boolean canTell(long beganNanos) {
    return inquirer.isOpenSince(beganNanos);
  }

  /** Whether it was where it was asked for when it answered last. */
  boolean isPrompt() {
    return vain == 0;
  }

  /** Whether a question is under way whose answer may tell of a place. */
  boolean isAskedFor(Lsn place) {
    return asked != null && asked.compareTo(place) >= 0;
  }

  /** Whether it can be asked now. */
  boolean isFree() {
    return asked == null && !inquirer.isBusy(System.nanoTime());
  }

  /**
   * Has it say how far it is, once it has replayed up to a place or some milliseconds have passed.
   * Not to be called unless it {@link #isFree}.
   *
   * @param answered called once it has answered, or can't; not at all after {@link #close}
   */
  void ask(Lsn place, Runnable answered) {
    asked = place;
    inquirer.ask(
        WalQuery.replayed(place, 1 << Math.min(vain, MOST_DOUBLED)),
        row -> {
          asked = null;
          learn(place, row);
          answered.run();
        });
  }

  /**
   * Has it say where it is, at once. Not to be called unless it {@link #isFree}.
   *
   * @param answered as of {@link #ask}
   */
  void askPosition(Runnable answered) {
    asked = Lsn.NONE;
    inquirer.ask(
        WalQuery.POSITION,
        row -> {
          asked = null;
          note(Lsn.NONE, row);
          answered.run();
        });
  }

  private void learn(Lsn place, String[] row) {
    note(place, row);
    vain = isReached(place) ? 0 : vain + 1;
  }

  private void note(Lsn place, String[] row) {
    try {
      replayed = WalQuery.replayed(row, place, saidHere ? replayed : null);
      askedAtNanos = inquirer.sentAtNanos();
      saidHere = true;
      if (WalQuery.isPosition(row)) {
        history.add(askedAtNanos, replayed);
      }
    } catch (IllegalArgumentException e) {
      fleet.telemetry().fault("the place of a replica in the WAL", e);
      replayed = null;
    }
  }

  private boolean isReached(Lsn place) {
    return replayed != null && replayed.compareTo(place) >= 0;
  }

  /** Closes a connection that nobody needs. */
  void tick(long nowNanos) {
    inquirer.tick(nowNanos);
  }

  void close() {
    inquirer.close();
  }
}
