package io.howdah.frontend.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorNamesTest {
  private static final Map<String, String> NAMES =
      Map.of("howdah_1z", "s", "howdah_2", "", "howdah_3", "a long name of the client's");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prepared statement "howdah_1z" requires 2 | prepared statement "s" requires 2
          "howdah_2" and "howdah_1z"                | "" and "s"
          howdah_3                                  | a long name of the client's
          howdah_1z9 is another                     |
          relation "howdah_orders" does not exist   |
          howdah_                                   |
          nothing of ours                           |
          """)
  void putsTheClientsNamesBack(String message, String expected) {
    ByteBuf body = Unpooled.copiedBuffer("SERROR\0M" + message + "\0\0", StandardCharsets.UTF_8);
    ByteBuf out = ErrorNames.rewritten(body, NAMES::get, UnpooledByteBufAllocator.DEFAULT);
    if (expected == null) {
      assertThat(out).isNull();
      return;
    }
    assertThat(out.readByte()).isEqualTo((byte) 'E');
    assertThat(out.readInt()).isEqualTo(4 + out.readableBytes());
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("SERROR\0M" + expected + "\0\0");
    out.release();
  }
}
