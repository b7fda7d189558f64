package io.howdah.backend.wal;

import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.login.Inquiry;
import io.howdah.backend.login.LoginListener;
import io.howdah.backend.login.Prober;
import io.howdah.backend.login.ServerGreeting;
import io.howdah.config.ProbeConfig;
import io.howdah.error.PgError;
import io.howdah.topology.NodeId;
import io.howdah.wire.ErrorFields;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Asks one node where its WAL stands, one question at a time, over a connection of its own: logged
 * in as the probe's role, so outside of the pools and their budgets; opened when there is a
 * question, closed when there was none for a while.
 *
 * <p>Thread: the event loop given, for every call and callback.
 */
final class WalInquirer {
  private static final long IDLE_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long FIRST_BACKOFF_NANOS = Duration.ofMillis(50).toNanos();
  private static final long MOST_BACKOFF_NANOS = Duration.ofSeconds(1).toNanos();

  private final Fleet fleet;
  private final NodeId node;
  private final Prober prober;
  private final Runnable onLost;

  private Inquiry inquiry;
  private Consumer<String[]> onAnswer;
  private WalQuery question;

  /** The connection knows what the questions are about. */
  private boolean declared;

  /** The server knows WAIT FOR LSN. */
  private boolean canWait;

  private boolean closed;
  private int failures;
  private long notBeforeNanos;
  private long usedAtNanos;
  private long sentAtNanos;
  private long openedAtNanos;

  /**
   * @param onLost called when the connection is gone: the next answer may be another process's
   */
  WalInquirer(Fleet fleet, EventLoop loop, NodeId node, Runnable onLost) {
    this.fleet = fleet;
    this.node = node;
    this.prober =
        new Prober(
            fleet.connector(),
            loop,
            node,
            "howdah reads",
            database -> fleet.holds().isHeld(node.cluster(), database));
    this.onLost = onLost;
    this.notBeforeNanos = System.nanoTime();
  }

  /** Whether a question is under way, or none may be asked so soon after a failure. */
  boolean isBusy(long nowNanos) {
    return onAnswer != null || nowNanos - notBeforeNanos < 0;
  }

  /**
   * Asks; not while {@link #isBusy}.
   *
   * @param answer called once and never from within this call: the only row, or null when there was
   *     none, the server refused, or the connection failed; not at all once this is closed
   */
  void ask(WalQuery query, Consumer<String[]> answer) {
    leaveIfMisplaced();
    onAnswer = answer;
    question = query;
    usedAtNanos = System.nanoTime();
    if (inquiry != null) {
      send(probe());
    } else {
      prober.connect(probe(), new Login(probe()));
    }
  }

  private ProbeConfig probe() {
    return fleet.config().clusters().get(node.cluster()).probe();
  }

  /** When the question last answered was sent. */
  long sentAtNanos() {
    return sentAtNanos;
  }

  /** Whether its connection is there, and was before a moment of {@link System#nanoTime()}. */
  boolean isOpenSince(long nanos) {
    return inquiry != null && openedAtNanos - nanos < 0;
  }

  private void send(ProbeConfig probe) {
    sentAtNanos = System.nanoTime();
    String sql;
    if (canWait && question.canWait()) {
      sql = question.waiting();
    } else if (declared) {
      sql = question.sql();
    } else {
      declared = true;
      sql = WalQuery.DECLARATIONS + question.sql();
    }
    inquiry.ask(sql, probe.timeout(), this::answered);
  }

  private void answered(Inquiry.Answer answer) {
    switch (answer) {
      case Inquiry.Rows(var rows) -> tell(rows.size() == 1 ? rows.getFirst() : null);
      case Inquiry.Refused(var error) when isUnknown(error) -> {
        canWait = false;
        fleet.telemetry().fault("WAIT FOR LSN", new IllegalStateException(node + ": " + error));
        send(probe());
      }
      case Inquiry.Refused _ -> tell(null);
      case Inquiry.Lost _ -> failed();
    }
  }

  /** It does not know WAIT FOR LSN, though its version should, and is asked in the other way. */
  private boolean isUnknown(ErrorFields error) {
    return canWait
        && question.canWait()
        && inquiry != null
        && (error.code().startsWith("42") || error.code().startsWith("0A"));
  }

  private void tell(String[] row) {
    failures = 0;
    Consumer<String[]> asked = onAnswer;
    onAnswer = null;
    if (asked != null && !closed) {
      asked.accept(row);
    }
  }

  private void failed() {
    long pause = Math.min(FIRST_BACKOFF_NANOS << Math.min(failures, 8), MOST_BACKOFF_NANOS);
    int before = failures;
    notBeforeNanos = System.nanoTime() + pause;
    tell(null);
    failures = before + 1;
  }

  /** A statement may need for itself the database that the connection is in. */
  private void leaveIfMisplaced() {
    if (inquiry != null && prober.isMisplaced(probe())) {
      inquiry.close();
    }
  }

  /** Closes the connection if nobody has asked for a while, or if it is in the way. */
  void tick(long nowNanos) {
    if (onAnswer == null) {
      leaveIfMisplaced();
    }
    if (inquiry != null && onAnswer == null && nowNanos - usedAtNanos > IDLE_NANOS) {
      inquiry.close();
    }
  }

  /** Closes the connection; a question under way gets no answer. */
  void close() {
    closed = true;
    onAnswer = null;
    if (inquiry != null) {
      inquiry.close();
    }
  }

  private final class Login implements LoginListener {
    private final ProbeConfig probe;

    Login(ProbeConfig probe) {
      this.probe = probe;
    }

    @Override
    public void loggedIn(ServerGreeting greeting) {
      Inquiry fresh = Inquiry.on(greeting.channel(), fleet.telemetry());
      if (closed) {
        fresh.close();
        return;
      }
      inquiry = fresh;
      openedAtNanos = System.nanoTime();
      declared = false;
      canWait = greeting.majorVersion() >= WalQuery.WAITS_SINCE;
      fresh.onLost(
          _ -> {
            inquiry = null;
            onLost.run();
          });
      fresh.onAddressGone(_ -> fresh.close());
      send(probe);
    }

    @Override
    public void failed(PgError error) {
      if (!closed) {
        WalInquirer.this.failed();
      }
    }
  }
}
