package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Texts sent without waiting behind what changes how they are read: quotes, encoding, search path.
 * Each takes another role where it is read as the server reads it, and is a string or a harmless
 * call where it is read as before, or the other way round. Direct and through Howdah the client
 * must get the same answers and be the same afterwards, and whoever comes next must be itself.
 */
class PipelinedReadingTest {
  private static final int SCENARIOS = Integer.getInteger("pipelinedReadings", 900);
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private static final String OFF = "standard_conforming_strings";

  /** A call where backslashes are escapes. */
  private static final byte[] CALLS_WITH_ESCAPES =
      ascii("SELECT '\\'', set_config($q$role$q$, $q$pipeliner$q$, false) --'");

  /** A call where they are characters. */
  private static final byte[] CALLS_WITHOUT =
      ascii("SELECT '\\', set_config('role', 'pipeliner', false) --'");

  /** A call of whatever stands first on the path. */
  private static final byte[] CALLS_BY_PATH = ascii("SELECT picked()");

  /**
   * How a text is made to be read otherwise.
   *
   * @param before said and answered before
   * @param change said with the text behind it
   * @param text what is then read otherwise
   */
  private record Change(List<String> before, String change, byte[] text) {}

  private static byte[] ascii(String sql) {
    return sql.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** In this encoding the second byte is a half of a character, and not a backslash. */
  private static byte[] inEncoding(int lead) {
    return ascii(
        "SELECT E'" + (char) lead + "\\', set_config($q$role$q$, $q$pipeliner$q$, false) --'");
  }

  private static Change off(String change, String... before) {
    return new Change(List.of(before), change, CALLS_WITH_ESCAPES);
  }

  private static Change back(String change, String... before) {
    return new Change(List.of(before), change, CALLS_WITHOUT);
  }

  private static Change path(String change, String... before) {
    return new Change(List.of(before), change, CALLS_BY_PATH);
  }

  private static final List<Change> CHANGES =
      List.of(
          off("SET " + OFF + " = off"),
          off("SET SESSION " + OFF + " TO 0"),
          off("SET U&\"standard\\005fconforming_strings\" = off"),
          off("SELECT set_config('" + OFF + "', 'off', false)"),
          off("SELECT set_config('" + OFF + "', o, false) FROM (VALUES ('off')) v(o)"),
          off("SELECT set_config('standard_' || 'conforming_strings', 'off', false)"),
          off("DO $$ BEGIN PERFORM set_config('" + OFF + "', 'off', false); END $$"),
          off("SELECT plain_strings()"),
          off("UPDATE pg_settings SET setting = 'off' WHERE name = '" + OFF + "'"),
          off("SET LOCAL " + OFF + " = off", "BEGIN"),
          off("SELECT set_config('" + OFF + "', 'off', true)", "BEGIN"),
          off("EXECUTE turn", "PREPARE turn AS SELECT set_config('" + OFF + "', 'off', false)"),
          off("FETCH c", "BEGIN", "DECLARE c CURSOR FOR SELECT plain_strings()"),
          back("RESET " + OFF, "SET " + OFF + " = off"),
          back("SET " + OFF + " TO DEFAULT", "SET " + OFF + " = off"),
          back("RESET ALL", "SET " + OFF + " = off"),
          back("DISCARD ALL", "SET " + OFF + " = off"),
          back("ROLLBACK", "BEGIN", "SET " + OFF + " = off"),
          back("COMMIT", "BEGIN", "SET LOCAL " + OFF + " = off"),
          back("COMMIT", "BEGIN", "SELECT set_config('" + OFF + "', 'off', true)"),
          back("COMMIT AND CHAIN", "BEGIN", "SET LOCAL " + OFF + " = off"),
          back("ROLLBACK TO a", "BEGIN", "SAVEPOINT a", "SET " + OFF + " = off"),
          back("SELECT 1/0", "BEGIN", "SET " + OFF + " = off"),
          path("SET search_path = picking"),
          path("SET SCHEMA 'picking'"),
          path("SELECT set_config('search_path', 'picking', false)"),
          path("SELECT pick_path()"),
          path("SET LOCAL search_path = picking", "BEGIN"),
          path("RESET search_path", "SET search_path = picking"),
          path("ROLLBACK", "BEGIN", "SET search_path = picking, public"),
          new Change(List.of(), "SET client_encoding = 'SJIS'", inEncoding(0x81)),
          new Change(List.of(), "SET NAMES 'SJIS'", inEncoding(0x83)),
          new Change(List.of(), "SET client_encoding = 'GBK'", inEncoding(0x81)),
          new Change(List.of(), "SET client_encoding TO gb18030", inEncoding(0x81)),
          new Change(List.of(), "SET client_encoding TO uhc", inEncoding(0x81)),
          new Change(List.of(), "SET client_encoding = 'BIG5'", inEncoding(0xA5)),
          new Change(
              List.of("SET client_encoding = 'SJIS'"),
              "RESET client_encoding",
              ascii("SELECT E'x\\'', set_config($q$role$q$, $q$pipeliner$q$, false) --'")));

  @BeforeAll
  static void prepare() {
    Servers.shared()
        .prepare(
            "DROP SCHEMA IF EXISTS picking CASCADE",
            "DROP FUNCTION IF EXISTS plain_strings, pick_path, picked",
            "DROP ROLE IF EXISTS pipeliner",
            "CREATE ROLE pipeliner",
            "GRANT pipeliner TO app",
            "CREATE SCHEMA picking",
            "GRANT USAGE ON SCHEMA picking TO PUBLIC",
            "CREATE FUNCTION picked() RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'no'$$",
            "CREATE FUNCTION picking.picked() RETURNS text LANGUAGE plpgsql AS"
                + " $$BEGIN RETURN set_config('role', 'pipeliner', false); END$$",
            "CREATE FUNCTION plain_strings() RETURNS text LANGUAGE plpgsql AS"
                + " $$BEGIN RETURN set_config('"
                + OFF
                + "', 'off', false); END$$",
            "CREATE FUNCTION pick_path() RETURNS text LANGUAGE plpgsql AS"
                + " $$BEGIN RETURN set_config('search_path', 'picking', false); END$$");
  }

  /** The messages of one pipeline, and what they are, for people. */
  private record Pipeline(List<byte[]> messages, String shape) {}

  private static byte[] query(byte[] text) {
    byte[] body = java.util.Arrays.copyOf(text, text.length + 1);
    return Send.message('Q', body);
  }

  private static List<byte[]> batch(byte[] text) {
    byte[] body = new byte[text.length + 4];
    System.arraycopy(text, 0, body, 1, text.length);
    return List.of(Send.message('P', body), Send.bind("", ""), Send.execute("", 0));
  }

  /** The change and the text behind it, each plain or extended, in one batch or in two. */
  private static Pipeline pipeline(Change change, Random random) {
    List<byte[]> all = new ArrayList<>();
    StringBuilder shape = new StringBuilder();
    for (byte[] text : List.of(ascii(change.change), change.text)) {
      if (random.nextInt(4) == 0) {
        // PostgreSQL loses count of transactions behind two queries within one batch.
        all.add(Send.sync());
        all.add(query(ascii("SELECT 1")));
        shape.append("S Q1 ");
      }
      if (random.nextBoolean()) {
        all.add(query(text));
        shape.append("Q ");
      } else {
        all.addAll(batch(text));
        shape.append("PBE ");
        if (random.nextInt(3) > 0) {
          all.add(Send.sync());
          shape.append("S ");
        } else if (random.nextBoolean()) {
          all.add(Send.flush());
          shape.append("H ");
        }
      }
    }
    return new Pipeline(all, shape.toString());
  }

  /** What a client hears, and what it is afterwards. */
  private static List<String> talk(HostPort at, Change change, Pipeline pipeline)
      throws IOException {
    List<String> heard = new ArrayList<>();
    try (Wire wire = Wire.login(at, Map.of())) {
      for (String each : change.before) {
        wire.query(each);
      }
      wire.send(pipeline.messages.toArray(byte[][]::new));
      // Where a batch failed, all up to its Sync is skipped: how many answers come is the server's.
      wire.send(Send.sync(), Send.query(""));
      Message each = wire.read();
      while (each.type() != 'I' && !isLost(each)) {
        hear(each, heard);
        each = wire.read();
      }
      wire.ready();
      wire.query("ROLLBACK");
      wire.query("RESET client_encoding");
      heard.add("is " + wire.value("SELECT current_user"));
      heard.add("has " + wire.value("SHOW " + OFF) + ' ' + wire.value("SHOW search_path"));
      wire.send(Send.terminate());
      wire.toEnd();
    }
    return heard;
  }

  /** PostgreSQL has lost count of transactions, as it does behind a query within a batch. */
  private static boolean isLost(Message each) {
    return each.type() == 'E' && "XX000".equals(each.sqlstate());
  }

  private static void hear(Message each, List<String> heard) {
    switch (each.type()) {
      case 'E' -> heard.add("E " + each.sqlstate());
      case 'D' -> heard.add("D " + each.row());
      case 'C', 'Z' ->
          heard.add(each.type() + " " + new String(each.body(), StandardCharsets.US_ASCII));
      case 'S', 'N' -> {}
      default -> heard.add("" + each.type());
    }
  }

  @Test
  void nobodyBecomesAnotherUnseen() throws IOException {
    Random random = new Random(SEED);
    System.out.println("pipelined readings, seed " + SEED);
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).start()) {
      for (int i = 0; i < SCENARIOS; i++) {
        Change change = CHANGES.get(i % CHANGES.size());
        Pipeline pipeline = pipeline(change, random);
        String what =
            "seed "
                + SEED
                + ", "
                + i
                + ": "
                + change.before
                + change.change
                + " as "
                + pipeline.shape;
        List<String> direct = talk(Servers.shared().primary(), change, pipeline);
        List<String> through = talk(howdah.address(), change, pipeline);
        try (Wire next = Wire.login(howdah.address(), Map.of())) {
          assertThat(next.value("SELECT current_user"))
              .as("the next client, " + what)
              .isEqualTo("app");
          assertThat(next.value("/* howdah: primary */ SELECT current_user"))
              .as("the next client on the primary, " + what)
              .isEqualTo("app");
        }
        assertThat(through).as(what).isEqualTo(direct);
      }
    }
  }
}
