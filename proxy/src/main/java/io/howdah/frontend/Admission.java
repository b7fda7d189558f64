package io.howdah.frontend;

import io.howdah.admin.Access;
import io.howdah.admin.Console;
import io.howdah.backend.replication.ReplicationConnector;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.config.AuthConfig;
import io.howdah.config.AuthType;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.ProxyConfig;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.frontend.parameter.HowdahSettings;
import io.howdah.frontend.startup.ClientIdentity;
import io.howdah.frontend.startup.Replication;
import io.howdah.frontend.startup.ServerSwitches;
import io.howdah.frontend.startup.StartOnly;
import io.howdah.frontend.startup.StartupOptions;
import io.howdah.wire.BackendMessages;
import java.util.Map;
import java.util.Optional;

/** Decides who may come in and where to: limits, authentication, the database asked for. */
final class Admission {
  /** What the log has of a client that has not said who it is. */
  private static final String UNSAID = "(not said)";

  private Admission() {}

  /** The StartupMessage is read: asks the client to prove who it is. */
  static void admit(ClientSession session, StartupOptions options, int protocolMinor) {
    ProxyConfig config = session.worker.config();
    Replication replication = Replication.of(options.replication()).orElseThrow();
    boolean console = isConsole(options.database(), replication);
    DatabaseConfig entry = console ? null : entry(config, options.database(), replication);
    ClientIdentity identity =
        new ClientIdentity(
            options.user(),
            options.database(),
            entry,
            entry == null ? null : config.poolMode(entry, options.user()),
            options,
            protocolMinor,
            replication,
            peer(session));
    session.identify(identity);
    if (session.worker.isDraining()) {
      session.terminate(new PgError.ShuttingDown());
      return;
    }
    if (config.auth().type() == AuthType.TRUST) {
      authenticated(session);
    } else {
      session.become(new AuthenticationPhase(session));
    }
  }

  /** Turns a client away, which may not have said yet who it is. */
  static void refuse(ClientSession session, PgError error) {
    ClientIdentity who = session.identity();
    session
        .worker
        .telemetry()
        .loginRefused(
            who == null ? peer(session) : who.peer(),
            who == null ? UNSAID : who.user(),
            who == null ? UNSAID : who.database(),
            error.code(),
            error.messageForLogs());
    session.terminate(error);
  }

  /** The client is who it says: the limits count it from here on. */
  static void authenticated(ClientSession session) {
    ClientIdentity who = session.identity();
    session.worker.strangers().leaves(session);
    session.send(BackendMessages.authenticationOk(session.buffer()));
    boolean console = isConsole(who.database(), who.replication());
    Optional<PgError> full = session.worker.clients().enter(who, session.worker.config(), console);
    if (full.isPresent()) {
      refuse(session, full.get());
      return;
    }
    session.registration.counted(who);
    if (console) {
      console(session, who);
    } else if (who.entry() == null) {
      refuse(session, new PgError.NoSuchDatabase(who.database()));
    } else if (who.replication() != Replication.NONE) {
      replication(session, who);
    } else {
      session(session, who);
    }
  }

  private static void session(ClientSession session, ClientIdentity who) {
    try {
      Map<String, String> settings = who.options().settings();
      Map<String, String> own = HowdahSettings.take(settings);
      Map<String, String> startOnly = StartOnly.take(settings);
      WelcomePhase welcome =
          new WelcomePhase(session, SessionSettings.of(settings), startOnly, own);
      session.become(welcome);
      welcome.begin();
    } catch (ServerSwitches.Refused e) {
      refuse(session, e.error());
    }
  }

  private static void replication(ClientSession session, ClientIdentity who) {
    if (session.port() == Purpose.READ_ONLY) {
      refuse(
          session,
          new PgError.BarredFromPrimary(
              Severity.FATAL, "replication connections lead to the primary"));
      return;
    }
    if (!session.worker.config().allowsReplication(who.user())) {
      refuse(session, new PgError.ReplicationNotAllowed(who.user()));
      return;
    }
    ReplicationWelcomePhase welcome =
        new ReplicationWelcomePhase(
            session,
            new ReplicationConnector(
                session.worker.fleet(), who.entry(), who.database(), who.user()));
    session.become(welcome);
    welcome.begin();
  }

  private static void console(ClientSession session, ClientIdentity who) {
    AuthConfig auth = session.worker.config().auth();
    boolean admin = auth.adminUsers().contains(who.user());
    if (!admin && !auth.statsUsers().contains(who.user())) {
      refuse(
          session,
          new PgError.ConsoleDenied("user \"" + who.user() + "\" may not use the admin console"));
      return;
    }
    ConsolePhase console = new ConsolePhase(session, admin ? Access.ADMIN : Access.STATS);
    session.become(console);
    console.begin();
  }

  private static String peer(ClientSession session) {
    return String.valueOf(session.channel().remoteAddress());
  }

  private static boolean isConsole(String database, Replication replication) {
    return Console.DATABASES.contains(database) && replication != Replication.PHYSICAL;
  }

  /** What is configured for a database name; a physical replication connection needs no entry. */
  private static DatabaseConfig entry(
      ProxyConfig config, String database, Replication replication) {
    Optional<DatabaseConfig> entry = config.database(database);
    if (replication == Replication.PHYSICAL) {
      entry =
          entry.or(
              () ->
                  config
                      .replicationCluster(database)
                      .map(cluster -> DatabaseConfig.of(database, cluster)));
    }
    return entry.orElse(null);
  }
}
