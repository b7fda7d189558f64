package io.howdah.backend.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a ledger does not allow, and what becomes of it when nothing more comes. */
class ReplyLedgerViolationTest {
  /** Each reply that is not owed ends the connection, and nobody is told that it went well. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <C        | #
          <D        | #
          <T        | #
          <1        | #
          <Z        | #
          <d        | #
          <G        | #
          <R        | #
          <K        | #
          <v        | #
          >Q <1     | #
          >Q <2     | #
          >Q <3     | #
          >Q <n     | #
          >Q <s     | #
          >Q <t     | #
          >Q <V     | #
          >Q <R     | #
          >Q <K     | #
          >Q <D     | #
          >Q <CD    | C#
          >Q <TT    | T#
          >Q <TI    | T#
          >Q <TZ    | T#
          >Q <TDZ   | TD#
          >Q <d     | #
          >Q <c     | #
          >Q <Hcd   | Hc#
          >Q <HD    | H#
          >Q <HT    | H#
          >Q <HG    | H#
          >Q <HC    | H#
          >Q <TH    | T#
          >Q <TG    | T#
          >Q <GC    | G#
          >ES <GC   | G#
          >Q <HZ    | H#
          >Q <HI    | H#
          >Q <Gd    | G#
          >Q <GD    | G#
          >Q <GZ    | G#
          >Q <GG    | G#
          >Q <GT    | G#
          >Q <EE    | E#
          >Q <EC    | E#
          >Q <ET    | E#
          >Q <ED    | E#
          >Q <EG    | E#
          >Q <CZZ   | CZ#
          >Q <CZC   | CZ#
          >F <Z     | #
          >F <VV    | V#
          >F <VC    | V#
          >F <EV    | E#
          >F <EE    | E#
          >F <T     | #
          >PS <2    | #
          >PS <Z    | #
          >PS <11   | 1#
          >PS <C    | #
          >BS <1    | #
          >BS <T    | #
          >BS <2C   | 2#
          >ES <T    | #
          >ES <1    | #
          >ES <Z    | #
          >ES <CC   | C#
          >ES <DDsD | DDs#
          >ES <DI   | D#
          >ES <DG   | D#
          >ES <DH   | D#
          >ES <HD   | H#
          >ES <Hs   | H#
          >ES <HC   | H#
          >ES <GD   | G#
          >ES <Gs   | G#
          >ES <GI   | G#
          >CS <2    | #
          >CS <33   | 3#
          >dS <T    | #
          >dS <n    | #
          >dS <tt   | t#
          >dS <tC   | t#
          >dS <tTT  | tT#
          >DS <t    | #
          >DS <D    | #
          >DS <TT   | T#
          >S <C     | #
          >S <EE    | E#
          >S <ED    | E#
          >S <ZZ    | Z#
          >PBE <1EE | 1EE
          >PBES <E1 | E#
          >PBES <EC | E#
          >!S <2    | #
          >!S <C    | #
          >~Q <1    | #
          >~PBS <2  | #
          """)
  void unexpected(String script, String client) {
    LedgerScript played = LedgerScript.play(script);
    assertThat(played.client).hasToString(client);
  }

  /**
   * The client is gone, or the server: whatever is owed has failed, and nothing is sure any more.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          >Q                   | -
          >Q <TD               | -
          >Q <C                | -
          >Q <E                | -
          >Q <CZ >Q            | +-
          >F                   | -
          >F <V                | -
          >PBES                | ----
          >PBES <1             | +---
          >PBES <12            | ++--
          >PBES <12D           | ++--
          >PBES <12C           | +++-
          >PBES <E             | ----
          >PBES <12Ds          | +++-
          >PdS <1t             | +--
          >PBE <12Ds           | +++
          >BES <2Dsz >ES       | +++--
          >Q <G                | -
          >Q <G >c             | -
          >Q <G >c <C          | -
          >Q <GE               | -
          >Q <G >c <CG         | -
          >PBES <12G           | ++--
          >PBE <12G >cS        | ++--
          >Q <Hd               | -
          >Q <Hdc              | -
          >PBES <12Hd          | ++--
          >Q <Wd               | -
          >~Q                  | -
          >BE+PS               | ----
          >!S                  | --
          """)
  void abandoned(String script, String outcomes) {
    LedgerScript played = LedgerScript.play(script);
    played.ledger.abandon();
    assertThat(played.outcomes()).as(script).isEqualTo(outcomes);
    assertThat(played.ledger.isEmpty()).isTrue();
    assertThat(played.ledger.isClean()).isFalse();
    assertThat(played.ledger.isUnsure()).isTrue();
  }

  @Test
  void aStatusThatIsNoneIsAViolation() {
    ReplyLedger ledger = new ReplyLedger();
    ledger.expect(Entry.SYNC, Fate.FORWARD);
    assertThat(ledger.ready((byte) 'Q')).isEqualTo(ReplyLedger.Verdict.VIOLATION);
    assertThat(ledger.status()).isEqualTo((byte) 'I');
  }
}
