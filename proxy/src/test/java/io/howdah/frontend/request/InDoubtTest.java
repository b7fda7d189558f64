package io.howdah.frontend.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.Facts;
import io.howdah.route.function.BuiltinFunctions;
import io.howdah.wire.FrontendType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Steps, with a comma between: a text is sent as a simple query; {@code >text} is Bind and Execute
 * of it; {@code sync}, {@code call} and {@code done} are Sync, FunctionCall and CopyDone; behind
 * {@code <} is what the server says, by the protocol's letters, ReadyForQuery as {@code Z} when
 * idle, {@code z} in a transaction, {@code x} in a failed one. Then the connection is lost.
 */
class InDoubtTest {
  private final InDoubt inDoubt = new InDoubt();
  private final ReplyLedger ledger = new ReplyLedger();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # ---- simple queries
          insert into t values (1)                                    | unknown
          insert into t values (1), <C                                | unknown
          insert into t values (1), <CZ                               | known
          insert into t values (1), <E                                | known
          insert into t values (1), <EZ                               | known
          select 1                                                    | known
          begin, <Cz, insert into t values (1)                        | known
          begin, <Cz, commit                                          | unknown
          begin, <Cz, commit, <C                                      | unknown
          begin, <Cz, commit, <CZ                                     | known
          begin, <Cz, commit, <E                                      | known
          begin, <Cz, end                                             | unknown
          begin, <Cz, commit and chain                                | unknown
          begin, <Cz, commit and chain, <Cz, select 1                 | known
          begin, <Cz, prepare transaction 'a'                         | unknown
          begin, <Cz, savepoint a                                     | known
          begin, <Cz, release a                                       | known
          begin, <Cz, select my_function(1)                           | known
          commit prepared 'a'                                         | unknown
          rollback prepared 'a'                                       | unknown
          select my_function(1)                                       | unknown
          call p()                                                    | unknown
          do 'begin commit; end'                                      | unknown
          create database d                                           | unknown
          begin, <Cz, nonsense, <Ex, commit                           | known
          begin, <Cz, nonsense, <Ex, rollback to a, commit            | unknown
          commit                                                      | known
          # ---- strings of several statements
          insert into t values (1); select 1                          | unknown
          insert into t values (1); select 1, <C                      | unknown
          begin, <Cz, select 1; commit                                | unknown
          begin, <Cz, insert into t values (1); commit                | unknown
          begin, <Cz, begin; select 1; commit                         | unknown
          begin, <Cz, insert into t values (1); select 1              | known
          begin, <Cz, execute p; commit                               | unknown
          begin, <Cz, execute p                                       | known
          execute p                                                   | unknown
          # ---- pipelined
          begin, insert into t values (1), <Cz                        | unknown
          begin, <Cz, commit, insert into t values (1)                | unknown
          begin, <Cz, commit, insert into t values (1), <CZ           | unknown
          begin, <Cz, commit, insert into t values (1), <CZCZ         | known
          insert into t values (1), select 1                          | unknown
          insert into t values (1), select 1, <CZ                     | known
          # ---- the extended protocol: the Sync commits
          >insert into t values (1)                                   | known
          >insert into t values (1), <2C                              | known
          >insert into t values (1), sync                             | unknown
          >insert into t values (1), sync, <2C                        | unknown
          >insert into t values (1), sync, <2CZ                       | known
          >insert into t values (1), sync, <2E                        | known
          >insert into t values (1), sync, <2CE                       | known
          >insert into t values (1), sync, <2Ds                       | unknown
          >insert into t values (1), >select 1, sync, <2C2D           | unknown
          >insert into t values (1), sync, >select 1, sync, <2CZ2D    | known
          >insert into t values (1), select 1                         | unknown
          >select 1, sync                                             | known
          >begin, >insert into t values (1), sync                     | known
          >begin, >insert into t values (1), sync, <2C2Cz             | known
          >begin, sync, >insert into t values (1), sync               | unknown
          >begin, sync, <2Cz, >insert into t values (1), sync         | known
          # ---- an Execute that commits by itself, without Sync
          begin, <Cz, >commit                                         | unknown
          begin, <Cz, >commit, <2                                     | unknown
          begin, <Cz, >commit, <2C                                    | known
          begin, <Cz, >commit, <2E                                    | known
          begin, <Cz, >commit, sync, <2E                              | known
          begin, <Cz, >commit, >select 1, sync, <2C                   | known
          begin, <Cz, >commit, <2C, >insert into t values (1)         | known
          begin, <Cz, >commit, <2C, >insert into t values (1), sync   | unknown
          begin, <Cz, >commit, <2C, >begin, >insert into t values (1), sync | known
          >begin, >insert into t values (1), >commit, <2C2C2          | unknown
          >insert into t values (1), >commit                          | unknown
          >begin, <2C, >insert into t values (1), <2C                 | known
          >begin, <2C, >insert into t values (1), <2C, >commit        | unknown
          >call p()                                                   | unknown
          >call p(), <2C                                              | known
          >call p(), <2C, sync                                        | unknown
          >commit prepared 'a'                                        | unknown
          >vacuum                                                     | unknown
          # ---- function calls
          call                                                        | unknown
          call, <VZ                                                   | known
          call, <E                                                    | known
          begin, <Cz, call                                            | known
          >insert into t values (1), call                             | unknown
          # ---- COPY FROM STDIN: nothing is done before the end of the data is sent
          copy t from stdin                                           | unknown
          copy t from stdin, <G                                       | known
          copy t from stdin, <G, done                                 | unknown
          copy t from stdin, <G, done, <CZ                            | known
          copy t from stdin, <G, done, <E                             | known
          begin, <Cz, copy t from stdin, <G, done                     | known
          >copy t from stdin, <2G, done                               | known
          >copy t from stdin, <2G, done, sync                         | unknown
          >copy t from stdin, sync, <2G, done, sync                   | unknown
          >copy t from stdin, sync, <2G, done, sync, <C               | unknown
          >copy t from stdin, sync, <2G, done, sync, <CZ              | known
          copy t to stdout, <Hd                                       | known
          """)
  void isOpen(String steps, String fate) {
    inDoubt.begin(ledger);
    for (String step : steps.split(", ")) {
      play(step.trim());
    }
    boolean unknown = fate.equals("unknown");
    assertThat(inDoubt.isOpen()).isEqualTo(unknown);
    ledger.abandon();
    assertThat(inDoubt.isOpen()).as("once it is lost").isEqualTo(unknown);
  }

  private void play(String step) {
    switch (step.charAt(0)) {
      case '<' -> step.substring(1).chars().forEach(this::answer);
      case '>' -> {
        Facts facts = facts(step.substring(1));
        send(Entry.BIND, FrontendType.BIND, null);
        send(Entry.EXECUTE, FrontendType.EXECUTE, facts);
      }
      default -> {
        switch (step) {
          case "sync" -> send(Entry.SYNC, FrontendType.SYNC, null);
          case "call" -> send(Entry.FUNCTION_CALL, FrontendType.FUNCTION_CALL, null);
          case "done" -> send(Entry.COPY_END, FrontendType.COPY_DONE, null);
          default -> send(Entry.QUERY, FrontendType.QUERY, facts(step));
        }
      }
    }
  }

  private void send(Entry entry, byte type, Facts facts) {
    ledger.expect(entry, Fate.FORWARD);
    inDoubt.sent(type, facts);
  }

  private void answer(int letter) {
    switch (letter) {
      case 'Z' -> ready('I');
      case 'z' -> ready('T');
      case 'x' -> ready('E');
      default ->
          assertThat(ledger.reply((byte) letter)).isNotEqualTo(ReplyLedger.Verdict.VIOLATION);
    }
  }

  private void ready(char status) {
    assertThat(ledger.ready((byte) status)).isNotEqualTo(ReplyLedger.Verdict.VIOLATION);
    inDoubt.ready();
  }

  private static Facts facts(String sql) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    return new Classifier(BuiltinFunctions.INSTANCE, 100_000)
        .classify(bytes, 0, bytes.length, true);
  }
}
