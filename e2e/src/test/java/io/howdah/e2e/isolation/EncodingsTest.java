package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two clients, each with an encoding and a way of quoting, share a server connection. What one has
 * set, in its own encoding, by text, by value or unseen, is brought to the connection that the
 * other has used, and the other way round: each must find its values as its twin does that has a
 * server session to itself, and nothing of a value may be run.
 */
class EncodingsTest {
  private static final int SCENARIOS = Integer.getInteger("encodings", 400);
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  /** What PostgreSQL calls an encoding, and what Java does. */
  private record Encoding(String name, Charset charset) {
    Encoding(String name, String charset) {
      this(name, Charset.forName(charset));
    }

    byte[] bytes(String text) {
      return text.getBytes(charset);
    }

    boolean has(String text) {
      return charset.newEncoder().canEncode(text) && new String(bytes(text), charset).equals(text);
    }
  }

  private static final List<Encoding> ENCODINGS =
      List.of(
          new Encoding("UTF8", "UTF-8"),
          new Encoding("UTF8", "UTF-8"),
          new Encoding("LATIN1", "ISO-8859-1"),
          new Encoding("WIN1252", "windows-1252"),
          new Encoding("LATIN9", "ISO-8859-15"),
          new Encoding("EUC_JP", "EUC-JP"),
          new Encoding("SJIS", "Shift_JIS"),
          new Encoding("BIG5", "Big5"),
          new Encoding("GBK", "GBK"),
          new Encoding("GB18030", "GB18030"),
          new Encoding("UHC", "x-windows-949"),
          // The server takes such bytes for its own encoding.
          new Encoding("SQL_ASCII", "UTF-8"));

  private static final List<String> NAMES =
      List.of("app.who", "app.Who", "a$1._b", "app.o'brien", "app." + "long".repeat(20));

  private static final List<String> NAMES_OF_UTF8 = List.of("app.größe", "größe.é");

  private static final String RUNS = "create table run_by_a_value (i int)";

  private static final List<String> VALUES =
      List.of(
          "José",
          "",
          "plain",
          "it's",
          "a\\b\\\\c",
          "\\",
          "'",
          "ソ表能十",
          "表\\'",
          "め\\',false);" + RUNS + ";--",
          "表',false);" + RUNS + ";--",
          "\\',false);" + RUNS + ";--",
          "許功蓋",
          "縺",
          "誠',false);" + RUNS + ";--",
          "한글 힣",
          "€ ÿ ž",
          "\uD83D\uDC18 elephant",
          "line\nfeed\ttab",
          "\\u0041\\x41\\101",
          "x".repeat(3000) + "é");

  private static final List<String> QUOTINGS =
      List.of(
          "SET standard_conforming_strings = off",
          "SET standard_conforming_strings = on",
          "SET backslash_quote = on",
          "SET backslash_quote = off",
          "SET escape_string_warning = off",
          "RESET ALL");

  @BeforeAll
  static void prepare() {
    Servers.shared().prepare("DROP TABLE IF EXISTS run_by_a_value");
    Map.of("latin1", "LATIN1", "ascii", "SQL_ASCII")
        .forEach(
            (name, encoding) ->
                Servers.shared()
                    .prepare(
                        "DROP DATABASE IF EXISTS encodings_" + name,
                        "CREATE DATABASE encodings_"
                            + name
                            + " ENCODING '"
                            + encoding
                            + "' LOCALE 'C' TEMPLATE template0"));
  }

  /** A client and its twin, who say and hear the same. */
  private static final class Pair implements AutoCloseable {
    private final Wire direct;
    private final Wire through;
    private Encoding encoding;
    private boolean preparedBySql;
    private final List<String> said = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    Pair(HostPort howdah, String database, Encoding encoding, boolean atLogin) throws IOException {
      Map<String, String> startup = new TreeMap<>(Map.of("database", database));
      if (atLogin) {
        startup.put("client_encoding", encoding.name);
      }
      this.direct = Wire.login(Servers.shared().primary(), startup);
      this.through = Wire.login(howdah, startup);
      this.encoding = encoding;
      said.add("login " + startup);
      if (!atLogin) {
        say("SET client_encoding = '" + encoding.name + "'");
      }
    }

    void say(String sql) throws IOException {
      said.add(sql);
      say(message('Q', encoding.bytes(sql + '\0')));
    }

    /** A statement with its parameters, all as text. */
    void say(String sql, String... parameters) throws IOException {
      said.add(sql + ' ' + List.of(parameters));
      ByteArrayOutputStream bind = new ByteArrayOutputStream();
      bind.writeBytes(new byte[] {0, 0, 0, 0, 0, (byte) parameters.length});
      for (String each : parameters) {
        byte[] value = encoding.bytes(each);
        bind.writeBytes(new byte[] {0, 0, (byte) (value.length >> 8), (byte) value.length});
        bind.writeBytes(value);
      }
      bind.writeBytes(new byte[] {0, 0});
      say(
          message('P', encoding.bytes('\0' + sql + "\0\0\0")),
          message('B', bind.toByteArray()),
          Send.execute("", 0),
          Send.sync());
    }

    private void say(byte[]... messages) throws IOException {
      direct.send(messages);
      through.send(messages);
      assertThat(heard(through)).as("%s", said).isEqualTo(heard(direct));
    }

    private static byte[] message(char type, byte[] body) {
      return Send.message(type, body);
    }

    private static List<String> heard(Wire wire) throws IOException {
      List<String> heard = new ArrayList<>();
      for (Message each : wire.readyOrEnd()) {
        switch (each.type()) {
          case 'E' -> heard.add("E " + each.sqlstate() + ' ' + each.field('M'));
          case 'D' -> heard.add("D " + HexFormat.of().formatHex(each.body()));
          case 'S', 'N' -> {}
          default -> heard.add("" + each.type());
        }
      }
      return heard;
    }

    /** Sets a parameter in one of all ways. */
    void set(String name, String value, Random random) throws IOException {
      names.add(name);
      String quoted = "\"" + name.replace(".", "\".\"") + '"';
      String hex = HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8));
      String unseen = "convert_from('\\x" + hex + "', 'UTF8')";
      boolean plain = encoding.has(value) && encoding.has(name);
      switch (plain ? random.nextInt(6) : 6) {
        case 0 -> say("SET " + quoted + " = " + dollars(value));
        case 1 -> say("SET " + quoted + " = " + escaped(value));
        case 2 -> say("SELECT set_config(" + dollars(name) + ", " + dollars(value) + ", false)");
        case 3 -> say("SELECT set_config(" + dollars(name) + ", $1, false)", value);
        case 4 -> say("SELECT set_config($1, $2, false)", name, value);
        case 5 -> {
          say("BEGIN");
          say("SELECT set_config(" + dollars(name) + ", " + dollars(value) + ", true)");
          say("SET " + quoted + " = " + escaped(value));
          say(random.nextBoolean() ? "COMMIT" : "ROLLBACK");
        }
        default -> say("SELECT set_config(" + dollars(name) + ", " + unseen + ", false) IS NULL");
      }
    }

    /** The session goes on in another encoding. */
    void turnTo(Encoding next) throws IOException {
      say("SET client_encoding = '" + next.name + "'");
      encoding = next;
    }

    /** Prepares a text whose meaning depends on encoding and quoting, by message or by SQL. */
    void prepare(String value, boolean bySql) throws IOException {
      String quoted = "'" + value.replace("'", "''") + "'";
      String text = "SELECT encode(convert_to(" + quoted + ", 'UTF8'), 'hex')";
      said.add((bySql ? "PREPARE kept " : "Parse kept ") + text);
      if (!encoding.has(value)) {
        return;
      }
      say("DEALLOCATE ALL");
      preparedBySql = bySql;
      if (bySql) {
        say("PREPARE kept AS " + text);
      } else {
        say(message('P', encoding.bytes("kept\0" + text + "\0\0\0")), Send.sync());
      }
    }

    void usePrepared() throws IOException {
      said.add("use kept");
      if (preparedBySql) {
        say("EXECUTE kept");
      } else {
        say(Send.bind("", "kept"), Send.describePortal(""), Send.execute("", 0), Send.sync());
      }
    }

    private static String dollars(String value) {
      return "$q$" + value + "$q$";
    }

    private static String escaped(String value) {
      return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    void compare() throws IOException {
      say("SHOW client_encoding");
      say("SHOW standard_conforming_strings");
      say("SHOW backslash_quote");
      for (String name : names) {
        // Empty is also what another client has made of one that nobody has set.
        say("SELECT coalesce(current_setting(" + dollars(name) + ", true), '')");
        say(
            "SELECT encode(convert_to(coalesce(current_setting("
                + dollars(name)
                + ", true), ''), 'UTF8'), 'hex')");
      }
    }

    @Override
    public void close() throws IOException {
      direct.close();
      through.close();
    }
  }

  private static <T> T any(List<T> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  private static void act(Pair pair, Random random) throws IOException {
    switch (random.nextInt(10)) {
      case 0 -> pair.say(any(QUOTINGS, random));
      case 1 -> pair.say("RESET " + '"' + "app" + "\".\"who\"");
      case 2 -> pair.compare();
      case 3 -> pair.turnTo(any(ENCODINGS, random));
      case 4 -> pair.prepare(any(VALUES, random), random.nextBoolean());
      case 5, 6 -> pair.usePrepared();
      default -> {
        boolean utf8 = pair.encoding.name.equals("UTF8") && random.nextInt(4) == 0;
        pair.set(any(utf8 ? NAMES_OF_UTF8 : NAMES, random), any(VALUES, random), random);
      }
    }
  }

  /** The server's encoding decides what values there can be, and how they come and go. */
  @ParameterizedTest
  @CsvSource({"app, 1", "encodings_latin1, 4", "encodings_ascii, 4"})
  void whatIsSetIsReadAsItWasMeant(String database, int part) throws IOException {
    Random random = new Random(SEED);
    System.out.println("encodings in " + database + ", seed " + SEED);
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start()) {
      for (int i = 0; i < SCENARIOS / part; i++) {
        try (Pair one = pair(howdah, database, random);
            Pair two = pair(howdah, database, random)) {
          one.said.addFirst("seed " + SEED + ", " + i);
          two.said.addFirst("seed " + SEED + ", " + i);
          for (int turn = 0; turn < 9; turn++) {
            act(one, random);
            act(two, random);
          }
          one.compare();
          two.compare();
        }
      }
      try (Wire wire = Wire.login(howdah.address(), Map.of("database", database))) {
        assertThat(wire.value("SELECT to_regclass('run_by_a_value') IS NULL")).isEqualTo("t");
      }
    }
  }

  private static Pair pair(Howdah howdah, String database, Random random) throws IOException {
    // Elsewhere the server lacks some conversions, and would refuse the login.
    boolean atLogin = random.nextBoolean() && database.equals("app");
    return new Pair(howdah.address(), database, any(ENCODINGS, random), atLogin);
  }
}
