package io.howdah.backend.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.Interlaced.Piece;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose statement is completed, and where errors are, in a text that is partly Howdah's. */
class InterlacedTest {
  private static final ReplyLedger.Note NOTHING = new ReplyLedger.Note() {};

  /** Behind 10 characters of the client's come 5 of Howdah's, behind 20 come 7. */
  private final Interlaced text =
      new Interlaced(NOTHING, List.of(new Piece(1, 2, 10, 5), new Piece(3, 1, 20, 7)));

  @Test
  void tellsWhoseStatementsAreCompleted() {
    StringBuilder whose = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      whose.append(text.completes() ? 'h' : 'c');
    }
    assertThat(whose).hasToString("chhcchcc");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1", "10, 10", "11, 0", "15, 0", "16, 11", "25, 20", "26, 0", "32, 0", "33, 21", "40, 28"
  })
  void tellsWhereInTheClientsText(int sent, int position) {
    assertThat(text.position(sent)).isEqualTo(position);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SERROR,C42601,MPost,P16,Fx.c | SERROR,C42601,MPost,P11,Fx.c
          SERROR,P12,Fx.c              | SERROR,Fx.c
          SERROR,P3,Fx.c               | SERROR,P3,Fx.c
          SERROR,p16,qSELECT           | SERROR,p16,qSELECT
          SERROR,Pnone                 | SERROR,Pnone
          """)
  void putsThePositionOfAnErrorRight(String server, String client) {
    assertThat(text.corrected(body(server)).toString(StandardCharsets.UTF_8))
        .isEqualTo(body(client).toString(StandardCharsets.UTF_8));
  }

  @Test
  void leavesAnErrorWithoutPositionAlone() {
    ByteBuf error = body("SERROR,Mähm");
    assertThat(text.corrected(error)).isSameAs(error);
  }

  private static ByteBuf body(String fields) {
    return Unpooled.copiedBuffer(fields.replace(',', '\0') + "\0\0", StandardCharsets.UTF_8);
  }
}
