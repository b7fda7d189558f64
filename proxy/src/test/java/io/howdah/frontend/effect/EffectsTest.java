package io.howdah.frontend.effect;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.config.PoolMode;
import io.howdah.frontend.TestDesk;
import io.howdah.frontend.session.SessionState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a session believes of its settings, against what a server would have. */
class EffectsTest {
  private final TestDesk desk = new TestDesk(AuthType.TRUST);
  private final EmbeddedChannel client = desk.connect();
  private final EmbeddedChannel server = new EmbeddedChannel();
  private final SessionState state = desk.attach(client, server, PoolMode.SESSION);

  @AfterEach
  void nothingWentWrong() {
    assertThat(desk.faults).isEmpty();
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
  }

  /**
   * Requests, each as {@code text => answers}, with {@code ;;} between them. A text in brackets is
   * a pipeline of the extended protocol, its statements between bars. Answers: command tags between
   * commas, {@code !} for an error, and the status at the end.
   */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "::",
      textBlock =
          """
          SET a.b TO 1 => SET I                                                   :: {a.b=1} ::
          SET a.b TO 1 => ! I                                                     :: {}      ::
          SET LOCAL a.b TO 1 => SET I                                             :: {}      ::
          BEGIN => BEGIN T ;; SET a.b = 1 => SET T                                :: {}      ::
          BEGIN => BEGIN T ;; SET a.b = 1 => SET T ;; COMMIT => COMMIT I          :: {a.b=1} ::
          BEGIN => BEGIN T ;; SET a.b = 1 => SET T ;; ROLLBACK => ROLLBACK I      :: {}      ::
          BEGIN => BEGIN T ;; SET a.b = 1 => SET T ;; COMMIT => ! I               :: {}      ::
          BEGIN => BEGIN T ;; SET a.b = 1 => SET T ;; x => ! E ;; COMMIT => ROLLBACK I :: {} ::
          BEGIN => BEGIN T ;; SAVEPOINT s => SAVEPOINT T ;; SET a.c = 1 => ! E ;; ROLLBACK TO s => ROLLBACK T ;; SET a.b = 1 => SET T ;; COMMIT => COMMIT I :: {a.b=1} ::
          BEGIN => BEGIN T ;; SET a.b = 1 => SET T ;; SAVEPOINT s => SAVEPOINT T ;; x => ! E ;; ROLLBACK TO s => ROLLBACK T ;; COMMIT => COMMIT I :: {a.b=1} ::
          BEGIN => BEGIN T ;; SET a.b = 1 => SET T ;; SAVEPOINT s => SAVEPOINT T ;; SET a.c = 2 => SET T ;; ROLLBACK TO s => ROLLBACK T ;; COMMIT => COMMIT I :: {a.b=1} ::
          BEGIN => BEGIN T ;; SAVEPOINT s => SAVEPOINT T ;; SET a.b = 1 => SET T ;; RELEASE s => RELEASE T ;; COMMIT => COMMIT I :: {a.b=1} ::
          BEGIN => BEGIN T ;; SAVEPOINT s => SAVEPOINT T ;; SET a.b = 1 => SET T ;; SAVEPOINT s => SAVEPOINT T ;; SET a.b = 2 => SET T ;; ROLLBACK TO s => ROLLBACK T ;; COMMIT => COMMIT I :: {a.b=1} ::
          BEGIN => BEGIN T ;; SAVEPOINT s => SAVEPOINT T ;; SET a.b = 1 => SET T ;; SAVEPOINT s => SAVEPOINT T ;; RELEASE s => RELEASE T ;; ROLLBACK TO SAVEPOINT s => ROLLBACK T ;; COMMIT => COMMIT I :: {} ::
          BEGIN => BEGIN T ;; SAVEPOINT s => SAVEPOINT T ;; SAVEPOINT t => SAVEPOINT T ;; SET a.b = 1 => SET T ;; ROLLBACK TO s => ROLLBACK T ;; ROLLBACK TO t => ! E ;; COMMIT => ROLLBACK I :: {} ::
          BEGIN; SET a.b = 1; SAVEPOINT s; SET a.c = 2; ROLLBACK TO s; COMMIT => BEGIN,SET,SAVEPOINT,SET,ROLLBACK,COMMIT I :: {a.b=1} ::
          BEGIN; SAVEPOINT s; SET a.b = 1; x => BEGIN,SAVEPOINT,SET,! E ;; ROLLBACK TO s => ROLLBACK T ;; COMMIT => COMMIT I :: {} ::
          [BEGIN|SAVEPOINT s|SET a.b = 1|ROLLBACK TO s|SET a.c = 2|COMMIT] => BEGIN,SAVEPOINT,SET,ROLLBACK,SET,COMMIT I :: {a.c=2} ::
          BEGIN => BEGIN T ;; SET a.b = 1 => SET T ;; PREPARE TRANSACTION 'x' => PREPARE TRANSACTION I :: {a.b=1} ::
          BEGIN => BEGIN T ;; SET a.b = 1 => SET T ;; COMMIT AND CHAIN => COMMIT T ;; ROLLBACK => ROLLBACK I :: {a.b=1} ::
          SET a.b = 1; SET a.c = 2 => SET,SET I                                   :: {a.b=1, a.c=2} ::
          SET a.b = 1; x => SET,! I                                               :: {}      ::
          BEGIN; SET a.b = 1; COMMIT => BEGIN,SET,COMMIT I                        :: {a.b=1} ::
          BEGIN; SET a.b = 1; ROLLBACK => BEGIN,SET,ROLLBACK I                    :: {}      ::
          ROLLBACK; SET a.b = 1 => ROLLBACK,SET I                                 :: {a.b=1} ::
          SET a.b = 1; COMMIT; x => SET,COMMIT,! I                                :: {a.b=1} ::
          COMMIT; BEGIN; SET a.b = 1 => COMMIT,BEGIN,SET T                        :: {}      ::
          [SET a.b = 1] => SET I                                                  :: {a.b=1} ::
          [SET a.b = 1|SELECT 1] => SET,SELECT 1 I                                :: {a.b=1} ::
          [SET a.b = 1|x] => SET,! I                                              :: {}      ::
          [SET a.b = 1] => SET! I                                                 :: {}      ::
          [BEGIN|SET a.b = 1|COMMIT] => BEGIN,SET,COMMIT I                        :: {a.b=1} ::
          [BEGIN|SET a.b = 1|ROLLBACK|SET a.c = 2] => BEGIN,SET,ROLLBACK,SET I    :: {a.c=2} ::
          SET a.b = 1 => SET I ;; RESET a.b => RESET I                            :: {}      ::
          SET a.b = 1 => SET I ;; RESET ALL => RESET I                            :: {}      ::
          SET a.b = 1 => SET I ;; DISCARD ALL => DISCARD ALL I                    :: {}      ::
          SET a.b = 1; COMMIT; SET a.c = 2; x => SET,COMMIT,SET,! I              :: {a.b=1} ::
          SET ROLE bob => SET I ;; SET SESSION AUTHORIZATION eve => SET I         :: {session_authorization=eve} ::
          SET SESSION AUTHORIZATION eve => SET I ;; SET ROLE bob => SET I ;; RESET ALL => RESET I :: {role=bob, session_authorization=eve} ::
          SET SESSION AUTHORIZATION eve => SET I ;; SET ROLE bob => SET I ;; RESET SESSION AUTHORIZATION => RESET I :: {} ::
          SET ROLE bob => SET I ;; RESET ALL => RESET I                           :: {role=bob} ::
          SET a.b = 1 => SET I ;; SET a.b TO DEFAULT => SET I                     :: {}      ::
          SELECT set_config('a.b', 'x', false) => SELECT 1 I                      :: {a.b=x} ::
          SELECT set_config('a.b', 'x', true) => SELECT 1 I                       :: {}      ::
          SELECT pg_advisory_lock(1), 1/0 => ! I                                  :: {}      :: advisory lock by pg_advisory_lock
          SET a.b = 1; SELECT pg_advisory_lock(1), 1/0; LOAD 'x' => SET,! I       :: {}      :: advisory lock by pg_advisory_lock
          CREATE TEMP TABLE t (); SELECT setseed(0) => CREATE TABLE,SELECT 1 I    :: {}      :: temporary table, random seed
          LOAD 'x' => LOAD I ;; DISCARD ALL => DISCARD ALL I                      :: {}      :: LOAD
          SELECT set_config('a.b', $1, false) => SELECT 1 I                       :: {}      ::
          LISTEN c => LISTEN I                                                    :: {}      :: LISTEN c
          """)
  void whatTheSessionHas(String requests, String settings, String pin) {
    for (String request : requests.split(";;")) {
      String[] parts = request.split("=>");
      play(parts[0].trim(), parts[1].trim());
    }
    assertThat(state.settings()).hasToString(settings);
    assertThat(state.session.turn().server().applied()).hasToString(settings);
    assertThat(state.pinning.text()).isEqualTo(pin);
    assertThat(state.session.turn().server().ledger().isEmpty()).isTrue();
  }

  /** The server overlooks the Sync behind a COPY FROM STDIN: one answer less than asked for. */
  @Test
  void nothingIsOwedBehindACopy() {
    ByteBuf out = Unpooled.buffer();
    extended(out, "COPY t FROM STDIN");
    client.writeInbound(out);
    server.writeInbound(bodyless("12").writeBytes(message('G', new byte[] {0, 0, 0})));
    client.writeInbound(bodyless("cS"));
    server.writeInbound(tag("COPY 0").writeBytes(message('Z', new byte[] {'I'})));
    assertThat(state.session.turn().server().ledger().isClean()).isTrue();
    assertThat(state.session.turn().isBusy()).as("a request runs").isFalse();
  }

  private void play(String text, String answers) {
    boolean pipeline = text.startsWith("[");
    ByteBuf out = Unpooled.buffer();
    if (pipeline) {
      extended(out, text.substring(1, text.length() - 1).split("\\|"));
    } else {
      out.writeBytes(message('Q', (text + "\0").getBytes(StandardCharsets.UTF_8)));
    }
    client.writeInbound(out);
    int space = answers.lastIndexOf(' ');
    for (String answer : answers.substring(0, space).trim().split(",")) {
      if (pipeline) {
        server.writeInbound(bodyless("12"));
      }
      String name = answer.replace("!", "");
      if (!name.isEmpty()) {
        server.writeInbound(tag(name));
      }
      if (answer.endsWith("!")) {
        server.writeInbound(
            message('E', "SERROR\0VERROR\0C22012\0Mno\0\0".getBytes(StandardCharsets.UTF_8)));
      }
    }
    server.writeInbound(message('Z', new byte[] {(byte) answers.charAt(space + 1)}));
  }

  private static void extended(ByteBuf out, String... statements) {
    for (String statement : statements) {
      out.writeBytes(message('P', ("\0" + statement + "\0\0\0").getBytes(StandardCharsets.UTF_8)));
      out.writeBytes(message('B', new byte[8]));
      out.writeBytes(message('E', new byte[5]));
    }
    out.writeBytes(bodyless("S"));
  }

  private static ByteBuf tag(String tag) {
    return message('C', (tag + "\0").getBytes(StandardCharsets.UTF_8));
  }

  private static ByteBuf bodyless(String types) {
    ByteBuf out = Unpooled.buffer();
    for (int i = 0; i < types.length(); i++) {
      char type = types.charAt(i);
      out.writeByte(type).writeInt(4);
    }
    return out;
  }

  private static ByteBuf message(char type, byte[] body) {
    return Unpooled.buffer().writeByte(type).writeInt(4 + body.length).writeBytes(body);
  }
}
