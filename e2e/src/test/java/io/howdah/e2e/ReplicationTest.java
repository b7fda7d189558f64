package io.howdah.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.AuthMethod;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** Replication connections go through to the primary, whatever the pool mode. */
class ReplicationTest {
  private static final String ROLE = "streamer";
  private static final String PASSWORD = "streams";
  private static final String SLOT = "through_howdah";
  private static final int ROWS = 2_000;

  private static Howdah howdah;

  @BeforeAll
  static void start() {
    Servers servers = Servers.shared();
    servers.createRole(ROLE, PASSWORD, AuthMethod.SCRAM_SHA_256);
    servers.prepare(
        "ALTER ROLE " + ROLE + " REPLICATION",
        "DROP TABLE IF EXISTS streamed",
        "CREATE TABLE streamed (id int PRIMARY KEY, word text)",
        "GRANT ALL ON streamed TO " + ROLE,
        "CREATE PUBLICATION streamed FOR TABLE streamed");
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).user(ROLE, PASSWORD).start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
    Servers.shared().prepare("DROP PUBLICATION streamed", "DROP TABLE streamed");
  }

  private static Connection jdbc(Howdah at, String replication) throws SQLException {
    Properties more = new Properties();
    PGProperty.REPLICATION.set(more, replication);
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(more, "10");
    PGProperty.PREFER_QUERY_MODE.set(more, "simple");
    return Db.connect(at.address(), Servers.DATABASE, ROLE, PASSWORD, more);
  }

  private static Wire wire(HostPort at, String user, String password, String replication)
      throws IOException {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", user);
    parameters.put("database", Servers.DATABASE);
    parameters.put("replication", replication);
    Wire wire = Wire.open(at);
    wire.login(parameters, password);
    return wire;
  }

  private static Wire wire(String replication) throws IOException {
    return wire(howdah.address(), ROLE, PASSWORD, replication);
  }

  /** A slot, a stream of changes and its acknowledgements, while SQL goes over the same proxy. */
  @Test
  void logicalDecodingByPgjdbc() throws SQLException {
    try (Connection connection = jdbc(howdah, "database");
        Db writer = howdah.db()) {
      PGConnection pg = connection.unwrap(PGConnection.class);
      pg.getReplicationAPI()
          .createReplicationSlot()
          .logical()
          .withSlotName(SLOT)
          .withOutputPlugin("pgoutput")
          .withTemporaryOption()
          .make();
      try (Db superuser = Servers.shared().superuser(Servers.shared().primary())) {
        superuser.run(
            "INSERT INTO streamed SELECT i, 'word ' || i FROM generate_series(1, " + ROWS + ") i");
      }
      writer.run("SELECT txid_current()");
      PGReplicationStream stream =
          pg.getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(SLOT)
              .withSlotOption("proto_version", 1)
              .withSlotOption("publication_names", "streamed")
              .withStatusInterval(1, TimeUnit.SECONDS)
              .start();
      int inserts = 0;
      boolean committed = false;
      while (!committed) {
        ByteBuffer change = stream.read();
        byte kind = change.get(change.position());
        if (kind == 'I') {
          inserts++;
          assertThat(text(change)).endsWith("word " + inserts);
        }
        committed = kind == 'C' && inserts > 0;
        stream.setAppliedLSN(stream.getLastReceiveLSN());
        stream.setFlushedLSN(stream.getLastReceiveLSN());
      }
      assertThat(inserts).isEqualTo(ROWS);
      stream.close();
      assertThat(pg.getQueryTimeout()).isNotNegative();
    }
  }

  private static String text(ByteBuffer bytes) {
    return new String(
        bytes.array(),
        bytes.arrayOffset() + bytes.position(),
        bytes.remaining(),
        StandardCharsets.UTF_8);
  }

  @Test
  void physicalStreamingByPgjdbc() throws SQLException {
    try (Db superuser = Servers.shared().superuser(Servers.shared().primary());
        Connection connection = jdbc(howdah, "true")) {
      String from = superuser.value("SELECT pg_current_wal_lsn()");
      superuser.run("SELECT pg_logical_emit_message(true, 'howdah', 'a message in the WAL')");
      PGReplicationStream stream =
          connection
              .unwrap(PGConnection.class)
              .getReplicationAPI()
              .replicationStream()
              .physical()
              .withStartPosition(LogSequenceNumber.valueOf(from))
              .withStatusInterval(1, TimeUnit.SECONDS)
              .start();
      StringBuilder read = new StringBuilder();
      while (read.indexOf("a message in the WAL") < 0) {
        read.append(new String(remaining(stream.read()), StandardCharsets.ISO_8859_1));
      }
      stream.close();
    }
  }

  private static byte[] remaining(ByteBuffer bytes) {
    byte[] all = new byte[bytes.remaining()];
    bytes.get(all);
    return all;
  }

  /** Commands and SQL on a WAL sender: the same bytes as from the server itself. */
  @ParameterizedTest
  @EnumSource
  void commands(Target target) throws IOException {
    try (Wire direct = wire(Servers.shared().primary(), ROLE, PASSWORD, "database");
        Wire other = wire(target.address(howdah), ROLE, PASSWORD, "database")) {
      for (String command :
          List.of(
              "SHOW work_mem",
              "SELECT 1, 'two'",
              "IDENTIFY",
              "READ_REPLICATION_SLOT nowhere",
              "START_REPLICATION SLOT nowhere LOGICAL 0/0",
              "TIMELINE_HISTORY 1000",
              "SELECT count(*) FROM streamed WHERE id < 0")) {
        assertThat(other.query(command).toString())
            .as(command)
            .isEqualTo(direct.query(command).toString());
      }
      assertThat(other.query("IDENTIFY_SYSTEM").get(1).row().getFirst())
          .isEqualTo(direct.query("IDENTIFY_SYSTEM").get(1).row().getFirst());
    }
  }

  /** A base backup is the largest thing that goes through, and needs back-pressure. */
  @Test
  void aBaseBackup() throws IOException {
    try (Wire wire = wire("1")) {
      wire.send(Send.query("BASE_BACKUP (CHECKPOINT 'fast', MANIFEST 'no', WAIT false)"));
      long bytes = 0;
      Message message;
      do {
        message = wire.read();
        assertThat(message.type()).as(message.toString()).isNotEqualTo('E');
        bytes += message.type() == 'd' ? message.body().length : 0;
      } while (message.type() != 'Z');
      assertThat(bytes).as("bytes of the backup").isGreaterThan(10_000_000);
      assertThat(wire.query("IDENTIFY_SYSTEM").getLast().type()).isEqualTo('Z');
    }
  }

  @Test
  void aCancelEndsABaseBackup() throws IOException {
    try (Wire wire = wire("true")) {
      wire.send(Send.query("BASE_BACKUP (CHECKPOINT 'fast', MANIFEST 'no', MAX_RATE 32)"));
      wire.until('d');
      wire.cancel(howdah.address());
      List<Message> end = wire.until('E');
      assertThat(end.getLast().sqlstate()).isEqualTo("57014");
      wire.ready();
    }
  }

  /** A full pool is no hindrance, and the console shows both ends. */
  @Test
  void besideThePoolsAndOnTheConsole() throws IOException {
    try (Wire full = howdah.wire();
        Wire relay = wire("database");
        Db admin = howdah.console()) {
      full.query("BEGIN");
      assertThat(relay.value("SELECT 'through'")).isEqualTo("through");
      String pid = relay.value("SELECT pg_backend_pid()");
      assertThat(shown(admin, "SHOW CLIENTS", "user", ROLE, "pin")).containsExactly("replication");
      assertThat(shown(admin, "SHOW SERVERS", "user", ROLE, "remote_pid")).containsExactly(pid);
      assertThat(shown(admin, "SHOW SERVERS", "user", ROLE, "link"))
          .isEqualTo(
              shown(admin, "SHOW CLIENTS", "user", ROLE, "id").stream().map("C"::concat).toList());
      full.query("COMMIT");
      relay.send(Send.terminate());
      assertThat(relay.toEnd()).isEmpty();
      Await.until(
          () -> shown(admin, "SHOW CLIENTS", "user", ROLE, "id"), ids -> assertThat(ids).isEmpty());
    }
    awaitNoSender();
  }

  private static List<String> shown(Db admin, String show, String by, String value, String column) {
    List<String> values = new java.util.ArrayList<>();
    try (var statement = admin.connection().createStatement();
        var rows = statement.executeQuery(show)) {
      while (rows.next()) {
        if (rows.getString(by).equals(value)) {
          values.add(rows.getString(column));
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return values;
  }

  private static void awaitNoSender() {
    try (Db superuser = Servers.shared().superuser(Servers.shared().primary())) {
      Await.until(
          () -> superuser.column("SELECT pid FROM pg_stat_activity WHERE usename = '" + ROLE + "'"),
          pids -> assertThat(pids).isEmpty());
    }
  }

  @Test
  void aClientThatVanishesTakesItsWalSenderAlong() throws IOException {
    Wire wire = wire("true");
    String from = wire.query("IDENTIFY_SYSTEM").get(1).row().get(2);
    wire.send(Send.query("START_REPLICATION PHYSICAL " + from));
    wire.until('W');
    wire.vanish();
    awaitNoSender();
  }

  @Test
  void aShutdownEndsTheStream() throws Exception {
    try (Howdah own = Howdah.of(PoolMode.SESSION).user(ROLE, PASSWORD).start();
        Wire wire = wire(own.address(), ROLE, PASSWORD, "on")) {
      String from = wire.query("IDENTIFY_SYSTEM").get(1).row().get(2);
      wire.send(Send.query("START_REPLICATION PHYSICAL " + from));
      wire.until('W');
      own.proxy().drain().toCompletableFuture().get(60, TimeUnit.SECONDS);
      assertThat(wire.toEnd().getLast().sqlstate()).isEqualTo("57P01");
    }
    awaitNoSender();
  }

  /** The server decides who may, and says so in its own words; Howdah can be told to say no too. */
  @Test
  void whoMayNot() throws IOException {
    Message direct = refusal(Servers.shared().primary(), Servers.USER, Servers.PASSWORD, "true");
    Message through = refusal(howdah.address(), Servers.USER, Servers.PASSWORD, "true");
    assertThat(through.sqlstate()).isEqualTo(direct.sqlstate()).isEqualTo("42501");
    for (char field : new char[] {'V', 'M', 'D', 'H'}) {
      assertThat(through.field(field)).as("field " + field).isEqualTo(direct.field(field));
    }
    try (Howdah none =
            Howdah.of(PoolMode.TRANSACTION).replication(false).user(ROLE, PASSWORD).start();
        Wire ordinary = wire(none.address(), ROLE, PASSWORD, "false")) {
      Message refused = refusal(none.address(), ROLE, PASSWORD, "database");
      assertThat(refused.sqlstate()).isEqualTo("42501");
      assertThat(refused.field('D')).contains("auth.replication");
      assertThat(ordinary.value("SELECT 'fine'")).isEqualTo("fine");
    }
    for (String nonsense : List.of("maybe", "", "o")) {
      Message told = refusal(howdah.address(), ROLE, PASSWORD, nonsense);
      Message server = refusal(Servers.shared().primary(), ROLE, PASSWORD, nonsense);
      for (char field : new char[] {'V', 'C', 'M', 'H'}) {
        assertThat(told.field(field)).as(nonsense).isEqualTo(server.field(field));
      }
    }
    assertThat(refusal(howdah.address(), ROLE, "wrong", "true").sqlstate()).isEqualTo("28P01");
  }

  private static Message refusal(HostPort at, String user, String password, String replication) {
    Wire.Refused refused =
        catchThrowableOfType(
            Wire.Refused.class, () -> wire(at, user, password, replication).close());
    assertThat(refused).as("refused").isNotNull();
    return refused.error();
  }

  /**
   * Physical replication belongs to no database: the name that libpq's tools give needs no entry.
   */
  @Test
  void thePhysicalKindNeedsNoDatabase() throws IOException {
    Map<String, String> parameters =
        Map.of("user", ROLE, "database", "replication", "replication", "true");
    try (Howdah one =
            Howdah.of(PoolMode.TRANSACTION)
                .onlyDatabase(Servers.DATABASE)
                .user(ROLE, PASSWORD)
                .start();
        Wire wire = Wire.open(one.address())) {
      wire.login(parameters, PASSWORD);
      assertThat(wire.query("IDENTIFY_SYSTEM")).extracting(Message::type).contains('D');
    }
  }
}
