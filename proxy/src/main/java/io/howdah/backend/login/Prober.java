package io.howdah.backend.login;

import io.howdah.config.ProbeConfig;
import io.howdah.error.PgError;
import io.howdah.error.Sqlstate;
import io.howdah.topology.NodeId;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Logs in at a node as its cluster's prober, for questions about the server as a whole. These can
 * be asked in any database: where the one that is configured is not there, or a statement needs it
 * for itself, they are asked in {@code postgres}, or else in {@code template1}.
 *
 * <p>Thread: the event loop given.
 */
public final class Prober {
  /** New databases are copied from it: nobody may stay here for long. */
  private static final String LAST = "template1";

  private final ServerConnector connector;
  private final EventLoop loop;
  private final NodeId node;
  private final String applicationName;
  private final Predicate<String> isHeld;

  /** That of the last login; null before there was one. */
  private String database;

  /** A better one is not there. */
  private boolean missing;

  /**
   * @param applicationName what the server's views show
   * @param isHeld whether Howdah keeps out of a database of the server for now
   */
  public Prober(
      ServerConnector connector,
      EventLoop loop,
      NodeId node,
      String applicationName,
      Predicate<String> isHeld) {
    this.connector = connector;
    this.loop = loop;
    this.node = node;
    this.applicationName = applicationName;
    this.isHeld = isHeld;
  }

  /**
   * Connects and logs in.
   *
   * @param listener called on the loop, never within this call
   */
  public void connect(ProbeConfig probe, LoginListener listener) {
    List<String> free = free(probe);
    if (free.isEmpty()) {
      loop.execute(() -> listener.failed(keptOut(probe)));
    } else {
      connect(probe, free, null, listener);
    }
  }

  /** Where it may ask now, the best first. */
  private List<String> free(ProbeConfig probe) {
    return Stream.of(probe.database(), "postgres", LAST)
        .distinct()
        .filter(isHeld.negate())
        .toList();
  }

  private PgError keptOut(ProbeConfig probe) {
    return new PgError.ServerUnreachable(
        node.toString(), "Database \"" + probe.database() + "\" is being changed.");
  }

  /**
   * @param before why it could not log in where it is better; null where there is no such place
   */
  private void connect(
      ProbeConfig probe, List<String> databases, PgError before, LoginListener listener) {
    database = databases.getFirst();
    missing = before != null;
    connector.connect(
        loop,
        LoginRequest.ofProber(node, probe, database, applicationName),
        new LoginListener() {
          @Override
          public void loggedIn(ServerGreeting greeting) {
            listener.loggedIn(greeting);
          }

          @Override
          public void failed(PgError error) {
            PgError first = before == null ? error : before;
            if (isMissing(error) && databases.size() > 1) {
              connect(probe, databases.subList(1, databases.size()), first, listener);
            } else {
              listener.failed(first);
            }
          }
        });
  }

  private static boolean isMissing(PgError error) {
    return error instanceof PgError.ServerLoginRefused refused
        && refused.serverCode().equals(Sqlstate.INVALID_CATALOG_NAME.code());
  }

  /** Whether a statement needs the database for itself in which the last login was. */
  public boolean isInTheWay() {
    return database != null && isHeld.test(database);
  }

  /** Whether a new login may lead to a better place than the last one. */
  public boolean isMisplaced(ProbeConfig probe) {
    if (LAST.equals(database) && !missing) {
      List<String> free = free(probe);
      return free.isEmpty() || !free.getFirst().equals(LAST);
    }
    return isInTheWay();
  }

  /** Whether a login may fail only because a statement needs the configured database. */
  public boolean isKeptOut(ProbeConfig probe) {
    return isHeld.test(probe.database());
  }
}
