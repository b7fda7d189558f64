package io.howdah.frontend.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.CommandTag;
import io.howdah.config.AuthType;
import io.howdah.config.PoolMode;
import io.howdah.frontend.TestDesk;
import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.PinKind;
import io.howdah.route.function.BuiltinFunctions;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With whom a session shares its prepared statements. */
class ParseContextTest {
  private static final Classifier CLASSIFIER = new Classifier(BuiltinFunctions.INSTANCE, 10_000);

  private final TestDesk desk = new TestDesk(AuthType.TRUST);
  private final EmbeddedChannel[] clients = {desk.connect(), desk.connect(), desk.connect()};
  private final SessionState one = desk.idle(clients[0], PoolMode.TRANSACTION);
  private final SessionState twin = desk.idle(clients[1], PoolMode.TRANSACTION);
  private final SessionState other = desk.idle(clients[2], PoolMode.TRANSACTION);

  @AfterEach
  void end() {
    for (EmbeddedChannel each : clients) {
      each.finishAndReleaseAll();
    }
  }

  /**
   * What a session does: a text is sent, {@code <} a command tag comes, {@code !} an error, {@code
   * Z} the end of the request with its status, and {@code +} where more was sent behind it.
   *
   * <p>Then its statements are shared with {@code all} sessions of default settings; with its
   * {@code twins}, which did the same; or it is {@code alone}.
   */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT 1                                                        | all
          SET work_mem = '1MB'                                            | all
          RESET search_path                                               | all
          SET search_path = x                                             | twins
          SET search_path = x ;; < SET ;; Z T                             | twins
          SET search_path = x ;; ! ;; Z E                                 | twins
          SET search_path = x ;; ! ;; Z I                                 | all
          SET search_path = x ;; Z I +                                    | alone
          SET search_path = x ;; Z I + ;; Z I                             | all
          SET search_path = x ;; RESET search_path                        | all
          SET LOCAL search_path = x                                       | twins
          SET ROLE somebody                                               | twins
          SET ROLE somebody ;; RESET ROLE                                 | all
          SET DateStyle = German                                          | twins
          SELECT set_config('search_path', 'x', true)                     | twins
          SELECT set_config('search_path', now()::text, true)             | alone
          SELECT set_config('work_mem', now()::text, false)               | all
          SET SESSION AUTHORIZATION somebody                              | alone
          RESET ALL                                                       | alone
          DISCARD ALL                                                     | alone
          SET search_path = x ;; ROLLBACK TO s                            | alone
          SET search_path = x ;; < COMMIT                                 | alone
          < COMMIT                                                        | all
          CREATE TABLE t (i int)                                          | alone
          CREATE TABLE t (i int) ;; < SCHEMA ;; Z T                       | alone
          CREATE TABLE t (i int) ;; < SCHEMA ;; Z I                       | all
          CREATE TABLE t (i int) ;; ! ;; Z I                              | all
          CREATE TEMP TABLE t (i int) ;; < SCHEMA ;; Z T                  | alone
          DO $$BEGIN END$$ ;; < CODE ;; Z T                               | alone
          DO $$BEGIN END$$ ;; < CODE ;; Z I                               | all
          CREATE TABLE t (i int) ;; lost                                  | all
          pinned                                                          | alone
          """)
  void sharedWith(String script, String expected) {
    int before = one.context.variant();
    play(one, script);
    play(twin, script);
    int its = one.context.variant();
    String shared =
        its == other.context.variant() ? "all" : its == twin.context.variant() ? "twins" : "alone";
    assertThat(shared).isEqualTo(expected);
    assertThat(one.context.variant()).as("asked again").isEqualTo(its);
    if (script.contains("SCHEMA ;; Z I") || script.contains("CODE ;; Z I")) {
      assertThat(its).as("the schema is another").isNotEqualTo(before);
    }
  }

  private static void play(SessionState session, String script) {
    ParseContext context = session.context;
    for (String step : script.split(";;")) {
      String each = step.strip();
      if (each.startsWith("< ")) {
        context.completed(CommandTag.valueOf(each.substring(2)));
      } else if (each.equals("!")) {
        context.failed();
      } else if (each.startsWith("Z ")) {
        context.ready((byte) each.charAt(2), each.endsWith("+"));
      } else if (each.equals("lost")) {
        context.lost();
      } else if (each.equals("pinned")) {
        session.pinning.add(PinKind.TEMPORARY_OBJECT, "a temporary table");
      } else {
        byte[] sql = each.getBytes(StandardCharsets.UTF_8);
        context.sent(CLASSIFIER.classify(sql, 0, sql.length, true));
        // As the way of a message does: it is asked for between any two.
        context.variant();
      }
    }
  }
}
