package io.howdah.e2e.harness;

import io.howdah.config.HostPort;
import io.howdah.e2e.wire.UsualUser;
import io.howdah.lab.AuthMethod;
import java.util.List;

/**
 * The PostgreSQL cluster that the tests share: one primary and two replicas, with the database
 * {@value #DATABASE} and its owner {@value #USER}. A test that moves roles about starts a cluster
 * of its own.
 */
public interface Servers extends AutoCloseable {
  String DATABASE = UsualUser.DATABASE;
  String USER = UsualUser.NAME;
  String PASSWORD = UsualUser.PASSWORD;
  String SUPERUSER = "postgres";

  /** The password of {@link #SUPERUSER}. */
  String superuserPassword();

  HostPort primary();

  List<HostPort> replicas();

  /** Creates a role that may log in by {@code method} on every node; the replicas know it too. */
  void createRole(String role, String password, AuthMethod method);

  /** Waits until the replicas have replayed all that the primary has written by now. */
  void awaitReplay();

  /** Runs SQL on the primary as the superuser, and waits until the replicas have it. */
  default void prepare(String... statements) {
    try (Db db = superuser(primary())) {
      db.run(statements);
    }
    awaitReplay();
  }

  /** A connection of the superuser to {@link #DATABASE}, past Howdah. */
  default Db superuser(HostPort node) {
    return Db.open(node, DATABASE, SUPERUSER, superuserPassword());
  }

  @Override
  void close();

  /** The servers that this run's tests share; started when they are first asked for. */
  static Servers shared() {
    return SharedServers.get();
  }
}
