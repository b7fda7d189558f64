package io.howdah.frontend;

import io.howdah.backend.connection.Chore;
import io.howdah.backend.connection.ReportedParameters;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.pools.NodePool;
import io.howdah.backend.pools.PoolGroup;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.error.PgError;
import io.howdah.frontend.cancel.Cancellations;
import io.howdah.frontend.parameter.HowdahSettings;
import io.howdah.frontend.session.Deadline;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.TransactionDefaults;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;
import io.howdah.frontend.startup.ClientIdentity;
import io.howdah.frontend.startup.StartOnly;
import io.howdah.pool.Waiter;
import io.howdah.pool.Waiting;
import io.howdah.route.fact.Target;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.FrameHandler.Verdict;
import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * The client is in; what is left is to tell it the server's parameters. The first client with its
 * user, database and settings gets them from a server, which also shows whether the settings are
 * valid; later ones from memory. Who came by the read-only port hears what a standby says, and any
 * other what the primary says: drivers choose a server by that ({@code target_session_attrs}).
 */
final class WelcomePhase implements Phase, Waiter<ServerConnection> {
  private final ClientSession session;
  private final ClientIdentity who;
  private final PoolGroup pools;
  private final SessionSettings settings;
  private final Map<String, String> own;
  private final long sinceNanos;

  /** Who has to answer. */
  private final Target target;

  private NodePool pool;
  private Waiting<ServerConnection> place;
  private ServerConnection preparing;
  private Wait why;

  /** What is left to do once the database's catalog was read; null while nothing waits for that. */
  private Runnable rest;

  /**
   * @param settings what the start-up packet asks for
   * @param startOnly those that only a new server connection can have ({@link StartOnly})
   * @param own those of the start-up packet's settings that are Howdah's own
   */
  WelcomePhase(
      ClientSession session,
      SessionSettings settings,
      Map<String, String> startOnly,
      Map<String, String> own) {
    this.session = session;
    this.own = own;
    this.who = session.identity();
    this.settings = session.worker.interned(settings);
    this.pools =
        session.worker.serverPools().group(who.entry(), who.database(), who.user(), startOnly);
    this.sinceNanos = session.worker.nanoTime();
    this.target = session.port() == Purpose.READ_ONLY ? Target.ONLY_REPLICA : Target.PRIMARY;
  }

  @Override
  public String state() {
    return "login";
  }

  /** The pools that the session will use. */
  PoolGroup pools() {
    return pools;
  }

  void begin() {
    Map<String, String> known = find();
    if (known != null) {
      welcome(known, false);
    } else {
      seek();
    }
  }

  private Map<String, String> find() {
    return session
        .worker
        .loginParameters()
        .find(who.database(), who.user(), settings, pools.startup(), isStandby());
  }

  /** Who answers in the place of a primary that is not there. */
  private Target standIn() {
    return isStandby() ? target : Target.REPLICA;
  }

  /** Whether the session is a standby's, for all that its client is told. */
  private boolean isStandby() {
    return target == Target.ONLY_REPLICA;
  }

  private void seek() {
    place = null;
    pool = pools.nodes().choose(target);
    if (pool == null && !isStandby()) {
      pool = pools.nodes().choose(standIn());
    }
    if (pool == null) {
      waitFor(new Wait.Node(target, pools.nodes()));
      return;
    }
    long now = session.worker.nanoTime();
    ServerConnection connection = pool.pool().acquire(now);
    if (connection == null) {
      place = pool.pool().await(this, now);
      waitFor(new Wait.Lease(pool));
    } else {
      use(connection);
    }
  }

  private void waitFor(Wait reason) {
    why = reason;
    session.waits().beside(reason, sinceNanos);
  }

  @Override
  public void granted(ServerConnection connection) {
    session.containment.run(connection, () -> use(connection));
  }

  private void use(ServerConnection connection) {
    place = null;
    if (isStandby() && pool.isPrimary()) {
      // It was promoted while the client stood in its queue.
      pool.pool().release(connection, session.worker.nanoTime());
      seek();
      return;
    }
    NodePool from = pool;
    if (connection.has(settings)) {
      learn(from, connection);
      return;
    }
    if (Preparing.isUnfit(connection, settings)) {
      connection.destroy(Preparing.UNFIT);
      seek();
      return;
    }
    preparing = connection;
    waitFor(Wait.OwnWork.SETTINGS_AHEAD);
    connection
        .ownWork()
        .changeSettings(
            settings,
            connection.applied(),
            new Chore() {
              @Override
              public void done() {
                session.containment.run(connection, () -> learn(from, connection));
              }

              @Override
              public void failed(PgError error) {
                if (session.phase() == WelcomePhase.this && preparing == connection) {
                  session.contain(() -> Admission.refuse(session, error));
                }
              }
            });
  }

  private void learn(NodePool from, ServerConnection connection) {
    Map<String, String> parameters =
        ReportedParameters.as(isStandby(), connection.identity().parameters());
    boolean standsIn = !isStandby() && !from.isPrimary();
    if (!standsIn) {
      session
          .worker
          .loginParameters()
          .put(who.database(), who.user(), settings, pools.startup(), isStandby(), parameters);
    }
    Map<String, String> found = standsIn ? parameters : find();
    from.pool().release(connection, session.worker.nanoTime());
    if (session.phase() == this && place == null) {
      welcome(found, standsIn);
    }
  }

  @Override
  public void refused(PgError error) {
    session.contain(() -> refuse(error));
  }

  private void refuse(PgError error) {
    place = null;
    boolean overdue = Deadline.QUERY_WAIT.isOver(session.worker, sinceNanos);
    boolean elsewhere = !pool.isPrimary() && !overdue && pools.nodes().hasWilling(standIn());
    if (error instanceof PgError.NoServer || elsewhere) {
      seek();
    } else {
      Admission.refuse(session, error);
    }
  }

  /**
   * @param standsIn whether a replica told them in the place of the primary
   */
  private void welcome(Map<String, String> parameters, boolean standsIn) {
    if (!pools.isCatalogSettled()) {
      rest = () -> welcome(parameters, standsIn);
      waitFor(Wait.Login.CATALOG);
      pools.whenCatalogSettled(() -> session.contain(this::catalogSettled));
      return;
    }
    SessionState state = new SessionState(session, pools, who.poolMode(), settings);
    HowdahSettings howdah = new HowdahSettings(state);
    Turns turns = Turns.of(session, state, howdah);
    session.turns(turns);
    PgError refusal = howdah.begin(own);
    if (refusal != null) {
      Admission.refuse(session, refusal);
      return;
    }
    ByteBuf out = session.channel().alloc().buffer(1024);
    parameters.forEach(
        (name, value) -> {
          BackendMessages.parameterStatus(out, name, value);
          if (standsIn && name.equals(TransactionDefaults.READ_ONLY)) {
            state.defaults.reported(value, true);
          } else {
            state.parameter(name, value);
          }
        });
    state.told.atLogin(parameters);
    Cancellations.Key key = session.registration.cancelKey(session, who.protocolMinor());
    BackendMessages.backendKeyData(out, key.processId(), key.secret());
    BackendMessages.readyForQuery(out, (byte) 'I');
    session.send(out);
    session.flush();
    session.waitsBeside(null);
    session.become(turns.idle());
    session.loggedIn(state);
    if (session.reader().isStopped()) {
      session.resumeSoon();
    }
  }

  private void catalogSettled() {
    Runnable next = rest;
    rest = null;
    if (next != null && session.phase() == this) {
      next.run();
    }
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return session.input().stop(why, sinceNanos);
  }

  @Override
  public void chooseAnew() {
    if (rest != null) {
      return;
    }
    boolean right = place == null || pool.isPrimary() != isStandby();
    if (pool != null && right) {
      return;
    }
    leave();
    seek();
  }

  @Override
  public boolean isAwaited(Waker waker) {
    return switch (waker) {
      case POOL -> place != null;
      case TOPOLOGY -> pool == null;
      case CATALOG -> rest != null && !pools.isCatalogSettled();
      case OWN_WORK -> preparing != null && preparing.isBusy();
      default -> false;
    };
  }

  @Override
  public boolean tellOverdue(Wait wait, PgError error) {
    ServerConnection stalled = preparing;
    preparing = null;
    Admission.refuse(session, error);
    if (stalled != null) {
      stalled.destroy("a request of Howdah's own on it took too long: " + wait.text());
    }
    return true;
  }

  @Override
  public void drain() {
    session.terminate(new PgError.ShuttingDown());
  }

  @Override
  public void leave() {
    if (place != null) {
      pool.pool().cancel(place, session.worker.nanoTime());
      place = null;
    }
    rest = null;
  }

  @Override
  public void terminate() {
    session.end("client disconnected");
  }
}
