package io.howdah.backend.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The notation is that of {@link LedgerScript}. */
class ReplyLedgerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # what happens                            | the client sees   | outcomes | then
          # ---- simple queries
          >Q <TDDCZ                                 | TDDCZ             | +        | clean
          >Q <CZ                                    | CZ                | +        | clean
          >Q <TCZ                                   | TCZ               | +        | clean
          >Q <IZ                                    | IZ                | +        | clean
          >Q <EZ                                    | EZ                | -        | clean
          >Q <TDDEZ                                 | TDDEZ             | -        | clean
          >Q <TDCCTCZ                               | TDCCTCZ           | +        | clean
          >Q <TDCEZ                                 | TDCEZ             | -        | clean
          >Q <Cz                                    | Cz                | +        | status T
          >Q <Cz >Q <Ex >Q <Ex >Q <CZ               | CzExExCZ          | +--+     | clean
          >QQQ <CZEZTDCZ                            | CZEZTDCZ          | +-+      | clean
          >Q <TD                                    | TD                | .        | owes QUERY
          # ---- function calls
          >F <VZ                                    | VZ                | +        | clean
          >F <EZ                                    | EZ                | -        | clean
          >F <NVSZ                                  | NVSZ              | +        | clean
          >QFQ <CZVZTDCZ                            | CZVZTDCZ          | +++      | clean
          >FF <EZVZ                                 | EZVZ              | -+       | clean
          >Q <Cz >F <Vz >F <Ex >F <Ex >Q <CZ        | CzVzExExCZ        | ++--+    | clean
          >PB <12 >F <VZ                            | 12VZ              | +++      | clean
          >FQ <VZCZ                                 | VZCZ              | ++       | clean
          # ---- the extended protocol
          >PBES <12CZ                               | 12CZ              | ++++     | clean
          >PBDES <12TDDCZ                           | 12TDDCZ           | +++++    | clean
          >PdS <1tTZ                                | 1tTZ              | +++      | clean
          >PdS <1tnZ                                | 1tnZ              | +++      | clean
          >BDES <2nCZ                               | 2nCZ              | ++++     | clean
          >BES <2IZ                                 | 2IZ               | +++      | clean
          >BES <2DDsZ                               | 2DDsZ             | +++      | clean
          >BEEES <2DsDsCZ                           | 2DsDsCZ           | +++++    | clean
          >BE <2Ds >E <Ds >E <DC >S <Z              | 2DsDsDCZ          | +++++    | clean
          # ---- portals: suspended, gone on with across Syncs of a transaction, described, closed
          >Q <Cz >PBES <12Dsz >ES <Dsz >ES <DCz     | Cz12DszDszDCz     | +++++++++ | status T
          >Q <Cz >BES <2Dsz >CS <3z >ES <Ex >Q <CZ  | Cz2Dsz3zExCZ      | ++++++-++| clean
          >Q <Cz >BES <2Dsz >DES <TDCz              | Cz2DszTDCz        | +++++++  | status T
          >BES <2DsZ >ES <EZ                        | 2DsZEZ            | +++-+    | clean
          >BDE <2TDs >D <T >E <Ds >CS <3Z           | 2TDsTDs3Z         | +++++++  | clean
          >BBEES <22DsDsZ                           | 22DsDsZ           | +++++    | clean
          >Q <Cz >BE <2Ds >Q <CZ                    | Cz2DsCZ           | ++++     | clean
          # ---- Flush, which is noted nowhere, in every place: what is answered early is just that
          >P <1 >d <tT >B <2 >D <T >E <DC >C <3 >S <Z | 1tT2TDC3Z       | +++++++  | clean
          >P <E >B >E >S <Z                         | EZ                | ---+     | clean
          >PB <1 >E <2 >S <DCZ                      | 12DCZ             | ++++     | clean
          >PBDES <12nIZ                             | 12nIZ             | +++++    | clean
          >CS <3Z                                   | 3Z                | ++       | clean
          >S <Z                                     | Z                 | +        | clean
          >SSS <ZZZ                                 | ZZZ               | +++      | clean
          >PBES >PBES <12CZ12CZ                     | 12CZ12CZ          | ++++++++ | clean
          >BES <2Cz >BES <2Cz >BES <2CZ             | 2Cz2Cz2CZ         | +++++++++| clean
          >P <1                                     | 1                 | +        | batch open
          >PBE <12C                                 | 12C               | +++      | batch open
          >PBES <12C                                | 12C               | +++.     | owes SYNC
          >PBE <12C >Q <CZ                          | 12CCZ             | ++++     | clean
          # ---- a whole batch of Howdah's own, ahead of a query
          >~P~B~E~S >Q <12CZTDCZ                    | TDCZ              | +++++    | clean
          >~C~P~S >Q <3EZEZ                         | EZ                | +-+-     | clean
          >~P~S >Q <ExEx                            | Ex                | -+-      | status E
          # ---- within the client's batch
          >P~C~PBES <1EZ                            | 1EZ               | +----+   | clean
          # ---- errors void everything up to the next Sync
          >PBES <EZ                                 | EZ                | ---+     | clean
          >PdBDECS <EZ                              | EZ                | ------+  | clean
          >PdBDECS <1EZ                             | 1EZ               | +-----+  | clean
          >PdBDECS <1tTEZ                           | 1tTEZ             | ++----+  | clean
          >PdBDECS <1tT2EZ                          | 1tT2EZ            | +++---+  | clean
          >PdBDECS <1tT2TDEZ                        | 1tT2TDEZ          | ++++--+  | clean
          >PdBDECS <1tT2TDCEZ                       | 1tT2TDCEZ         | +++++-+  | clean
          >PdBDECS <1tT2TDC3EZ                      | 1tT2TDC3EZ        | ++++++-  | clean
          >PBES <1EZ                                | 1EZ               | +--+     | clean
          >PBES <12EZ                               | 12EZ              | ++-+     | clean
          >PBES <12DDEZ                             | 12DDEZ            | ++-+     | clean
          >PdS <1EZ                                 | 1EZ               | +-+      | clean
          >PdS <1tEZ                                | 1tEZ              | +-+      | clean
          >BDES <2EZ                                | 2EZ               | +--+     | clean
          >CS <EZ                                   | EZ                | -+       | clean
          >BESBESS <2EZ2CZZ                         | 2EZ2CZZ           | +-+++++  | clean
          >BESBES <EZEx                             | EZEx              | --+--+   | status E
          >PBE <1E                                  | 1E                | +--      | batch open
          >PBE <1E >S <Z                            | 1EZ               | +--+     | clean
          >PBE <1E >PBES <Z                         | 1EZ               | +-----+  | clean
          >PBE <E >Q >F >S <Z                       | EZ                | -----+   | clean
          >PBEQFS <EZ                               | EZ                | -----+   | clean
          # ---- a request that was sent before the error was heard has not ended the batch
          >PF <E                                    | E                 | --       | batch open
          >PBEQ <1E >S <Z                           | 1EZ               | +---+    | clean
          # ---- a request within a batch, after which the server's transaction goes on unseen
          >PBE <12C >F <Vz >S <Z                    | 12CVzZ            | +++++    | transaction unended
          >PBE <12C >Q <Cz >CS <3Z                  | 12CCz3Z           | ++++++   | transaction unended
          >PBE <12C >F <Vz >S <Z >Q <EZ             | 12CVzZEZ          | +++++-   | clean
          >PBE <12C >Q <Cz >BES <2CZ                | 12CCz2CZ          | +++++++  | clean
          >PBE <12C >Q <CZ >S <Z                    | 12CCZZ            | +++++    | clean
          >Q <Cz >PBE <12C >Q <Cz >S <z             | Cz12CCzz          | ++++++   | status T
          >PBEQFS >Q <EZCZ                          | EZCZ              | -----++  | clean
          >PBE <E >PBES >Q <Z >BES                  | EZ                | ------+....| owes QUERY
          # ---- the commit at Sync fails, as with a deferred constraint
          >PBES <12CEZ                              | 12CEZ             | +++-     | clean
          >BES >BES <2CEZ2CZ                        | 2CEZ2CZ           | ++-+++   | clean
          # ---- COPY FROM STDIN
          >Q <G >c <CZ                              | GCZ               | +        | clean
          >Q <G >c <EZ                              | GEZ               | -        | clean
          >Q <GE >c <Z                              | GEZ               | -        | clean
          >Q <GEZ >c >Q <CZ                         | GEZCZ             | -+       | clean
          >Q <EZ >c >S <Z                           | EZZ               | -+       | clean
          >Q <G >c <C                               | GC                | .        | owes QUERY
          >Q <G >cc <CGCZ                           | GCGCZ             | +        | clean
          >Q <G                                     | G                 | .        | copy in
          >Q <G >c <CG >c <CTDCZ                    | GCGCTDCZ          | +        | clean
          >Q <G >c >Q <CZCZ                         | GCZCZ             | ++       | clean
          >PBE <12G >cS <CZ                         | 12GCZ             | ++++     | clean
          >PBES <12G >cS <CZ                        | 12GCZ             | +++-+    | clean
          >PBES <12G >cS <EZ                        | 12GEZ             | ++--+    | unsure
          >PBES <12GE >cS <Z                        | 12GEZ             | ++--+    | unsure
          >PBES <12GEZ                              | 12GEZ             | ++--     | unsure
          >PBES <12GE >cS <ZZ                       | 12GEZZ            | ++--+    | unsure
          >PBES <12G >c <E >S <Z                    | 12GEZ             | ++--+    | unsure
          >PBE <12E >cS <Z                          | 12EZ              | ++-+     | clean
          # ---- a Sync among the data, or behind what failed
          >PBE <12G >S >cS <CZ                      | 12GCZ             | +++-+    | clean
          >PBE <12G >SS >cS <EZ                     | 12GEZ             | ++---+   | unsure
          >PBE <12G >S <EZ                          | 12GEZ             | ++--     | unsure
          >PBES <1EZ >cS <Z                         | 1EZZ              | +--++    | clean
          >PBES <12G                                | 12G               | ++.-     | copy in
          >PBEcS <12GCZ                             | 12GCZ             | ++++     | clean
          >PBEScS <12GCZ                            | 12GCZ             | +++-+    | clean
          >PBEcBES <12GC2CZ                         | 12GC2CZ           | ++++++   | clean
          >PBEcSBE <12GCZ2C                         | 12GCZ2C           | ++++++   | batch open
          >PBEcBE <12GC2C                           | 12GC2C            | +++++    | batch open
          >PBEc <12GC                               | 12GC              | +++      | batch open
          >QcBE <GCZ2C                              | GCZ2C             | +++      | batch open
          >PBEcBQ <12GC2CZ                          | 12GC2CZ           | +++++    | clean
          >PBEcBES <12GEZ                           | 12GEZ             | ++---+   | clean
          >PBEcBES <1EZ                             | 1EZ               | +----+   | clean
          # ---- several copies in one string, and errors between and within them
          >Q <HdcCHdcCZ                             | HdcCHdcCZ         | +        | clean
          >Q <G >c <CHdcCG >c <CZ                   | GCHdcCGCZ         | +        | clean
          >Q <G >c <CEZ                             | GCEZ              | -        | clean
          >Q <G >c <CGEZ >c >Q <CZ                  | GCGEZCZ           | -+       | clean
          >Q <G >c <CG >c <EZ                       | GCGEZ             | -        | clean
          >Q <HdEZ >Q <G >c <CZ                     | HdEZGCZ           | -+       | clean
          >Q <CTDCHdcCG >c <CIZ                     | CTDCHdcCGCIZ      | +        | clean
          # ---- COPY within a transaction, and one that ends it
          >Q <Cz >Q <G >c <Cz >Q <Cx                | CzGCzCx           | +++      | status E
          >Q <Cz >Q <G >c <Ex >Q <CZ                | CzGExCZ           | +-+      | clean
          >Q <Cz >Q <HdEx >Q <CZ                    | CzHdExCZ          | +-+      | clean
          # ---- COPY TO STDOUT and both ways
          >Q <HddcCZ                                | HddcCZ            | +        | clean
          >Q <HcCZ                                  | HcCZ              | +        | clean
          >Q <HdEZ                                  | HdEZ              | -        | clean
          >PBES <12HddcCZ                           | 12HddcCZ          | ++++     | clean
          >PBES <12HdEZ                             | 12HdEZ            | ++-+     | clean
          >Q <Wd >c <dcCZ                           | WddcCZ            | +        | clean
          >Q <W >c <cCZ                             | WcCZ              | +        | clean
          >Q <WddEZ >c >Q <CZ                       | WddEZCZ           | -+       | clean
          >PBE <12HdcC >S <Z                        | 12HdcCZ           | ++++     | clean
          >PBEBES <12HdcC2DCZ                       | 12HdcC2DCZ        | ++++++   | clean
          >PBDES <12nHdcCZ                          | 12nHdcCZ          | +++++    | clean
          # ---- what may come at any time
          <N <S <A                                  | NSA               |          | clean
          >Q <NTNDSDACNZ                            | NTNDSDACNZ        | +        | clean
          >PBES <N1S2NDACNZ                         | N1S2NDACNZ        | ++++     | clean
          >Q <EN <SZ                                | ENSZ              | -        | clean
          >Q <Z                                     | #                 | .        | owes QUERY
          # ---- the server ends an idle connection, and says why
          <E                                        | E                 |          | clean
          <NE                                       | NE                |          | clean
          >PBES <12CZE                              | 12CZE             | ++++     | clean
          # ---- Howdah's own requests are not seen
          >~Q <CZ                                   |                   | +        | clean
          >~Q <NSCSNZ >Q <CZ                        | CZ                | ++       | clean
          >~Q <ACZ                                  | A                 | +        | clean
          >~Q <EZ                                   |                   | -        | clean
          >~PBES <12CZ                              | 2CZ               | ++++     | clean
          >~C~PBES <312CZ                           | 2CZ               | +++++    | clean
          >~PBES <EZ                                | EZ                | ---+     | clean
          >~C~PBES <3EZ                             | EZ                | +---+    | clean
          >BE~PBES <2C12CZ                          | 2C2CZ             | ++++++   | clean
          >BE~PBES <2EZ                             | 2EZ               | +----+   | clean
          # ---- answers that Howdah makes up stand in their place
          >+PBES <2CZ                               | 12CZ              | ++++     | clean
          >+P                                       | 1                 | +        | batch open
          >+C+C                                     | 33                | ++       | batch open
          >BE+PBES <2C2CZ                           | 2C12CZ            | ++++++   | clean
          >BE+C+PS <2CZ                             | 2C31Z             | +++++    | clean
          >+P+CS <Z                                 | 13Z               | +++      | clean
          >BE+PS <2EZ                               | 2EZ               | +--+     | clean
          >P <E >+P+CS <Z                           | EZ                | ---+     | clean
          >~P+CBS <13                               | 3#                | ++..     | owes BIND
          # ---- what Howdah refuses fails at the server, and its own error is said
          >!S <EZ                                   | !Z                | -+       | clean
          >PBE!BES <12CEZ                           | 12C!Z             | +++---+  | clean
          >PB!S <1EZ                                | 1EZ               | +--+     | clean
          >!ES >BES <EZ2CZ                          | !Z2CZ             | --++++   | clean
          >+P+d+B+D+ES <Z                           | 1*2**Z            | ++++++   | clean
          >+EQ <CZ                                  | *CZ               | ++       | clean
          >Q+ES <CZZ                                | CZ*Z              | +++      | clean
          >BE+ES <2EZ                               | 2EZ               | +--+     | clean
          >+P!S <EZ                                 | 1!Z               | +-+      | clean
          """)
  void legal(String script, String client, String outcomes, String standing) {
    check(script, client, outcomes, standing);
  }

  private static void check(String script, String client, String outcomes, String standing) {
    LedgerScript played = LedgerScript.play(script);
    assertThat(played.client).as(script).hasToString(client == null ? "" : client);
    assertThat(played.outcomes())
        .as("outcomes of " + script)
        .isEqualTo(outcomes == null ? "" : outcomes);
    assertThat(played.standing()).as("standing after " + script).isEqualTo(standing);
  }
}
