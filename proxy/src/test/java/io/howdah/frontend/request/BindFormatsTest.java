package io.howdah.frontend.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.statement.Statement;
import io.howdah.frontend.prepared.StatementFinder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindFormatsTest {
  /** A Bind behind its names, with values of two bytes. */
  private static ByteBuf bind(String parameters, int values, String results) {
    ByteBuf out = Unpooled.buffer();
    formats(out, parameters);
    out.writeShort(values);
    for (int i = 0; i < values; i++) {
      out.writeInt(i == 0 ? -1 : 2).writeBytes(new byte[i == 0 ? 0 : 2]);
    }
    formats(out, results);
    return out;
  }

  /** Each a digit. */
  private static void formats(ByteBuf out, String each) {
    String digits = each == null ? "" : each;
    out.writeShort(digits.length());
    digits.chars().forEach(digit -> out.writeShort(digit - '0'));
  }

  @ParameterizedTest
  @CsvSource({
    ",   0, ,   false",
    ",   2, ,   false",
    "0,  2, 0,  false",
    "1,  2, 0,  false",
    "01, 2, 1,  true",
    ",   1, 00, true",
    ",   0, 01, true"
  })
  void whoWantsBinaryOrCountsColumnsKnowsThem(
      String parameters, int values, String results, boolean knows) {
    ByteBuf in = bind(parameters, values, results);
    assertThat(BindFormats.showKnownRows(in, 0, in.writerIndex())).isEqualTo(knows);
    for (int end = 0; end < in.writerIndex(); end++) {
      assertThat(BindFormats.showKnownRows(in, 0, end)).as("of %s bytes", end).isEqualTo(true);
    }
  }

  /** The first parameter's type was said, the second's was not. */
  @ParameterizedTest
  @CsvSource({
    ",   2, false",
    "0,  2, false",
    "00, 2, false",
    "10, 2, false",
    "01, 2, true",
    "1,  2, true",
    "1,  1, false"
  })
  void whoSendsBinaryKnowsTheTypeThatItDidNotSay(String parameters, int values, boolean knows) {
    byte[] body = {'S', 0, 0, 2, 0, 0, 0, 20, 0, 0, 0, 0};
    Statement statement = new Statement(body, StatementFinder.NOTHING, 0);
    ByteBuf in = bind(parameters, values, null);
    assertThat(BindFormats.showKnownParameters(statement, in, 0, in.writerIndex()))
        .isEqualTo(knows);
    assertThat(BindFormats.showKnownParameters(statement, in, 0, 1)).isTrue();
  }
}
