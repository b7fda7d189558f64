package io.howdah.frontend;

import io.howdah.backend.Chore;
import io.howdah.backend.NodePool;
import io.howdah.backend.PoolGroup;
import io.howdah.backend.ServerConnection;
import io.howdah.backend.SessionSettings;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.error.PgError;
import io.howdah.pool.Waiter;
import io.howdah.pool.Waiting;
import io.howdah.route.Target;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.FrameHandler.Verdict;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
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
        .welcomes()
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
      return;
    }
    long now = session.worker.nanoTime();
    ServerConnection connection = pool.pool().acquire(now);
    if (connection == null) {
      place = pool.pool().await(this, now);
    } else {
      granted(connection);
    }
  }

  @Override
  public void granted(ServerConnection connection) {
    place = null;
    if (isStandby() && pool.isPrimary()) {
      // It was promoted while the client stood in its queue.
      pool.pool().release(connection, session.worker.nanoTime());
      seek();
      return;
    }
    if (connection.has(settings)) {
      learn(connection);
      return;
    }
    connection.bring(
        settings,
        new Chore() {
          @Override
          public void done() {
            learn(connection);
          }

          @Override
          public void failed(PgError error) {
            if (session.phase() == WelcomePhase.this) {
              Admission.refuse(session, error);
            }
          }
        });
  }

  private void learn(ServerConnection connection) {
    Map<String, String> parameters = connection.parametersAs(isStandby());
    boolean standsIn = !isStandby() && !pool.isPrimary();
    if (!standsIn) {
      session
          .worker
          .welcomes()
          .put(who.database(), who.user(), settings, pools.startup(), isStandby(), parameters);
    }
    Map<String, String> found = standsIn ? parameters : find();
    pool.pool().release(connection, session.worker.nanoTime());
    if (session.phase() == this) {
      welcome(found, standsIn);
    }
  }

  @Override
  public void refused(PgError error) {
    place = null;
    boolean elsewhere =
        !pool.isPrimary()
            && !(error instanceof PgError.QueryWaitTimeout)
            && pools.nodes().hasWilling(standIn());
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
    Cancels.Key key = session.registration.cancelKey(session, who.protocolMinor());
    BackendMessages.backendKeyData(out, key.processId(), key.secret());
    BackendMessages.readyForQuery(out, (byte) 'I');
    session.send(out);
    session.flush();
    session.become(turns.idle());
    session.loggedIn(state);
    if (session.reader().isStopped()) {
      session.resumeSoon();
    }
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return Verdict.STOP;
  }

  @Override
  public void topologyChanged() {
    if (pool == null) {
      seek();
    }
  }

  @Override
  public void tick(long nowNanos) {
    Duration bound = session.worker.config().timeouts().queryWait();
    if (pool == null && !bound.isZero() && nowNanos - sinceNanos > bound.toNanos()) {
      Admission.refuse(session, pools.nodes().noServer(target, bound));
    }
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
  }

  @Override
  public void terminate() {
    session.end("client disconnected");
  }
}
