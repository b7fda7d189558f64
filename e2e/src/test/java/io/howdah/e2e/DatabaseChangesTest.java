package io.howdah.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements that PostgreSQL runs only while nobody else is in a database. */
class DatabaseChangesTest {
  private static final String DATABASE = "alone";
  private static final String OTHER = "alone_other";
  private static final String QUOTED = "Alone \"Too\"";
  private static final String IN_USE = "55006";

  /** On two event loops some of them meet. */
  private static final int CLIENTS = 6;

  private Howdah howdah;
  private Db superuser;

  @BeforeEach
  void start() {
    superuser = Servers.shared().superuser(Servers.shared().primary());
    dropAll();
    superuser.run("CREATE DATABASE " + DATABASE, "CREATE DATABASE \"Alone \"\"Too\"\"\"");
    howdah = Howdah.of(PoolMode.TRANSACTION).start();
  }

  @AfterEach
  void stop() {
    howdah.close();
    dropAll();
    superuser.close();
  }

  private void dropAll() {
    superuser.run(
        "DROP DATABASE IF EXISTS " + DATABASE + " WITH (FORCE)",
        "DROP DATABASE IF EXISTS " + OTHER + " WITH (FORCE)",
        "DROP DATABASE IF EXISTS \"Alone \"\"Too\"\"\" WITH (FORCE)");
  }

  private Wire wire(String database) throws IOException {
    return Wire.login(howdah.address(), Map.of("database", database));
  }

  /** A superuser's client of another database. */
  private Wire admin() throws IOException {
    Wire wire = Wire.open(howdah.address());
    wire.login(
        Map.of("user", Servers.SUPERUSER, "database", "postgres"),
        Servers.shared().superuserPassword());
    return wire;
  }

  /** Leaves idle server connections of all loops in a database, and keeps clients there. */
  private List<Wire> idleClients(String database) throws IOException {
    List<Wire> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Wire wire = wire(database);
      wire.query("BEGIN");
      clients.add(wire);
    }
    for (Wire each : clients) {
      each.query("SELECT 1");
      each.query("COMMIT");
    }
    return clients;
  }

  private static void assertDone(List<Message> replies) {
    assertThat(replies)
        .as(() -> replies.toString())
        .noneMatch(each -> each.type() == 'E')
        .anyMatch(each -> each.type() == 'C');
  }

  private static String error(List<Message> replies) {
    return replies.stream()
        .filter(each -> each.type() == 'E')
        .map(Message::sqlstate)
        .findFirst()
        .orElse("none");
  }

  /** Not even Howdah's own, by which it knows its nodes: it goes elsewhere with them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP DATABASE alone",
        "DROP DATABASE alone WITH (FORCE)",
        "ALTER DATABASE alone RENAME TO alone_other",
        "CREATE DATABASE alone_other TEMPLATE alone",
      })
  void theNodesAreNotLost(String sql) throws IOException {
    howdah.close();
    howdah = Howdah.of(PoolMode.TRANSACTION).probeDatabase(DATABASE).start();
    try (Wire admin = admin();
        Wire client = wire(Servers.DATABASE)) {
      // Its place is asked for over a connection of its own.
      client.query("CREATE TABLE IF NOT EXISTS alone_place (id int)");
      assertThat(client.value("SHOW howdah.lsn")).isNotEmpty();
      int changes = howdah.events().primaryChanges();
      assertDone(admin.query(sql));
      assertDone(client.query("INSERT INTO alone_place VALUES (1)"));
      assertThat(client.value("SHOW howdah.lsn")).isNotEmpty();
      assertThat(client.value("SELECT count(*) > 0 FROM alone_place")).isEqualTo("t");
      assertThat(howdah.events().primaryChanges()).as("primaries lost").isEqualTo(changes);
      assertDone(client.query("DROP TABLE alone_place"));
    }
  }

  /** The database to which it goes by default may be needed too. */
  @Test
  void theNodesAreNotLostWhereTheyAreKnownByDefault() throws IOException {
    Wire admin = Wire.open(howdah.address());
    admin.login(
        Map.of("user", Servers.SUPERUSER, "database", Servers.DATABASE),
        Servers.shared().superuserPassword());
    try (admin) {
      int changes = howdah.events().primaryChanges();
      assertDone(admin.query("CREATE DATABASE alone_other TEMPLATE postgres"));
      assertDone(admin.query("DROP DATABASE alone_other"));
      assertDone(admin.query("CREATE DATABASE alone_other"));
      assertThat(howdah.events().primaryChanges()).as("primaries lost").isEqualTo(changes);
    }
    Servers.shared().awaitReplay();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP DATABASE alone",
        "drop database if exists Alone",
        "DROP DATABASE alone WITH (FORCE)",
        "DROP DATABASE U&\"al\\006Fne\"",
        "ALTER DATABASE alone RENAME TO alone_other",
        "CREATE DATABASE alone_other TEMPLATE alone",
        "CREATE DATABASE alone_other WITH OWNER = app TEMPLATE = 'alone' ENCODING 'UTF8'",
      })
  void idleConnectionsAreNotInTheWay(String sql) throws IOException {
    List<Wire> clients = idleClients(DATABASE);
    try (Wire admin = admin()) {
      assertDone(admin.query(sql));
    }
    for (Wire each : clients) {
      each.close();
    }
  }

  @Test
  void inTheExtendedProtocolWithAQuotedName() throws IOException {
    List<Wire> clients = idleClients(QUOTED);
    try (Wire admin = admin()) {
      admin.send(
          Send.parse("", "DROP DATABASE \"Alone \"\"Too\"\"\""),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync());
      assertDone(admin.ready());
    }
    for (Wire each : clients) {
      each.close();
    }
  }

  @Test
  void clientsGoOnWhereTheDatabaseIsStillThere() throws IOException {
    List<Wire> clients = idleClients(DATABASE);
    try (Wire admin = admin()) {
      for (int i = 0; i < 3; i++) {
        assertDone(admin.query("CREATE DATABASE alone_other TEMPLATE alone"));
        assertDone(admin.query("DROP DATABASE alone_other"));
        for (Wire each : clients) {
          assertThat(each.value("SELECT current_database()")).isEqualTo(DATABASE);
        }
      }
    }
    for (Wire each : clients) {
      each.close();
    }
  }

  /** Past Howdah, which sees nothing of the statement but that its clients have gone. */
  @Test
  void onceItsClientsHaveGoneTheDatabaseIsLeft() throws IOException {
    for (Wire each : idleClients(DATABASE)) {
      each.close();
    }
    superuser.run(
        "CREATE DATABASE alone_other TEMPLATE alone",
        "DROP DATABASE alone_other",
        "ALTER DATABASE alone RENAME TO alone_other",
        "DROP DATABASE alone_other");
  }

  /** They wait while PostgreSQL waits for the one to leave that is in a transaction. */
  @Test
  void othersWaitAndWhoIsThereStays() throws IOException {
    try (Wire admin = admin();
        Wire there = wire(DATABASE);
        Wire comes = wire(DATABASE)) {
      there.query("BEGIN");
      admin.send(Send.query("DROP DATABASE alone"));
      comes.send(Send.query("SELECT 'later'"));
      assertThat(error(admin.ready())).isEqualTo(IN_USE);
      assertThat(comes.ready()).anyMatch(each -> each.type() == 'D');
      assertThat(there.value("SELECT 'still there'")).isEqualTo("still there");
      there.query("COMMIT");
      assertDone(admin.query("DROP DATABASE alone"));
    }
  }

  @Test
  void whoWaitsTooLongIsToldWhy() throws IOException {
    try (Wire admin = admin();
        Wire there = wire(DATABASE);
        Wire comes = wire(DATABASE)) {
      there.query("BEGIN");
      admin.value("SELECT 1");
      howdah.timeouts(t -> t.queryWait = Duration.ofMillis(500));
      admin.send(Send.query("DROP DATABASE alone"));
      Message said = null;
      while (said == null) {
        comes.send(Send.query("SELECT 'too early, or refused'"));
        said = comes.ready().stream().filter(m -> m.type() == 'E').findFirst().orElse(null);
      }
      assertThat(said.sqlstate()).isEqualTo("57P03");
      assertThat(said.field('M')).contains("is being changed");
      assertThat(error(admin.ready())).isEqualTo(IN_USE);
      there.query("COMMIT");
    }
  }

  /** What listens for all clients lingers when none of them listens any more. */
  @Test
  void whereSomebodyListened() throws IOException {
    try (Wire listener = wire(DATABASE);
        Wire admin = admin()) {
      listener.query("LISTEN a");
      listener.query("UNLISTEN a");
      assertDone(admin.query("DROP DATABASE alone"));
    }
  }

  @Test
  void renamedInATransaction() throws IOException {
    List<Wire> clients = idleClients(DATABASE);
    try (Wire admin = admin()) {
      admin.query("BEGIN");
      assertDone(admin.query("ALTER DATABASE alone RENAME TO alone_other"));
      clients.getFirst().send(Send.query("SELECT 1"));
      assertDone(admin.query("ROLLBACK"));
      assertDone(clients.getFirst().ready());
    }
    for (Wire each : clients) {
      each.close();
    }
  }
}
