package io.howdah.backend.wal;

import io.howdah.backend.fleet.Fleet;
import io.howdah.telemetry.PoolCounters;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.CommitPoint;
import io.howdah.topology.Commits;
import io.howdah.topology.NodeId;
import io.howdah.topology.Topology;
import io.netty.channel.EventLoop;

/**
 * Has the primary of a cluster asked where commits are in its WAL: one question at a time, whose
 * answer serves all that were acknowledged before it was sent.
 *
 * <p>Thread: the event loop given.
 */
final class CommitLocator {
  private final Fleet fleet;
  private final EventLoop loop;
  private final String cluster;
  private final Commits commits;
  private final Runnable onLocated;

  private NodeId primary;
  private WalInquirer inquirer;
  private long wanted;
  private PoolCounters counters;

  /**
   * @param onLocated called when {@link Commits} knows more places
   */
  CommitLocator(Fleet fleet, EventLoop loop, String cluster, Runnable onLocated) {
    this.fleet = fleet;
    this.loop = loop;
    this.cluster = cluster;
    this.commits = fleet.commits(cluster);
    this.onLocated = onLocated;
  }

  /**
   * Has it asked where a commit is.
   *
   * @param by where the question is counted, or null
   */
  void locate(long commit, PoolCounters by) {
    wanted = Math.max(wanted, commit);
    counters = by;
    goOn();
  }

  /** Asks if the place of a commit is wanted and not known, and nobody is being asked. */
  void goOn() {
    if (commits.behind(wanted) != null) {
      return;
    }
    // In this order: whoever acknowledged a commit knew the primary that the topology has by then.
    long covers = commits.count();
    Topology topology = fleet.topology(cluster);
    if (covers == 0 || topology == null || topology.primary() == null) {
      return;
    }
    WalInquirer asked = inquirer(topology.primary().id());
    if (asked.isBusy(System.nanoTime())) {
      return;
    }
    if (counters != null) {
      counters.add(Figure.CAUSAL_QUESTION_COUNT, 1);
    }
    commits.asked(System.nanoTime());
    // Counted before the login, where there is one: then the answer is only later than it need be.
    asked.ask(WalQuery.PRIMARY, row -> answered(covers, row));
  }

  private void answered(long covers, String[] row) {
    if (row == null) {
      return;
    }
    CommitPoint point;
    try {
      point = WalQuery.point(covers, row);
    } catch (IllegalArgumentException e) {
      fleet.telemetry().fault("the primary's place in its WAL", e);
      return;
    }
    commits.located(point);
    if (wanted > covers) {
      goOn();
    }
    onLocated.run();
  }

  private WalInquirer inquirer(NodeId node) {
    if (!node.equals(primary)) {
      close();
      primary = node;
      inquirer = new WalInquirer(fleet, loop, node, () -> {});
    }
    return inquirer;
  }

  /** A node that is no longer the primary, or not there, is asked over no old connection. */
  void topologyChanged(Topology now) {
    if (primary != null
        && (now.primary() == null || !now.primary().id().equals(primary) || !now.primary().up())) {
      close();
    }
  }

  void tick(long nowNanos) {
    if (inquirer != null) {
      inquirer.tick(nowNanos);
    }
  }

  void close() {
    if (inquirer != null) {
      inquirer.close();
    }
    primary = null;
    inquirer = null;
  }
}
