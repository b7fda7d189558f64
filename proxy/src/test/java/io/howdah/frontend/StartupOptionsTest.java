package io.howdah.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartupOptionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                               | {}
          -c a=1                           | {a=1}
          -ca=1                            | {a=1}
          --a=1                            | {a=1}
          -c a=1 -c b=2 --c=3              | {a=1, b=2, c=3}
          -c a=1 --a=2                     | {a=2}
          -c statement-timeout=5           | {statement_timeout=5}
          --Search-Path=Public             | {search_path=Public}
          -c a=                            | {a=}
          -c a=b=c                         | {a=b=c}
          -c search_path=a,\\ b            | {search_path=a, b}
          -c a=\\\\x                       | {a=\\x}
          -c a=x\\                         | {a=x\\}
          -c my.par=1                      | {my.par=1}
          """)
  void options(String options, String settings) {
    assertThat(StartupOptions.parse(options)).hasToString(settings);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-c", "-c a", "-c =1", "--", "--a", "a=1", "-d 5", "-B 9", "x", "-", "\\ "})
  void optionsThatAreNone(String options) {
    assertThatThrownBy(() -> StartupOptions.parse(options)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void sorted() {
    Map<String, String> given = new LinkedHashMap<>();
    given.put("user", "app");
    given.put("options", "-c TimeZone=UTC -c a=1");
    given.put("timezone", "CET");
    given.put("_pq_.x", "1");
    given.put("replication", "database");
    given.put("Application_Name", "me");
    StartupOptions options = StartupOptions.of(given);
    assertThat(options.user()).isEqualTo("app");
    assertThat(options.database()).as("the user's name when missing").isEqualTo("app");
    assertThat(options.replication()).isEqualTo("database");
    assertThat(options.unknownProtocolOptions()).isEqualTo(List.of("_pq_.x"));
    assertThat(options.settings())
        .as("what is given directly wins")
        .isEqualTo(Map.of("timezone", "CET", "a", "1", "application_name", "me"));
    assertThat(StartupOptions.of(Map.of("user", "")).user()).isNull();
  }

  /** Every length, with contents that are nearly right: a packet is read or refused, no more. */
  @Test
  void packetsOfEveryLength() {
    int[] codes = {3 << 16, 1234 << 16 | 5678, 1234 << 16 | 5679, 1234 << 16 | 5680, 2 << 16, 0};
    for (int length = 8; length < 400; length++) {
      for (int code : codes) {
        Random random = new Random(length * 31L + code);
        ByteBuf in = Unpooled.buffer(length).writeInt(length).writeInt(code);
        while (in.readableBytes() < length) {
          in.writeByte("user\0\0ab".charAt(random.nextInt(8)));
        }
        assertThat(StartupPacket.length(in)).isEqualTo(length);
        try {
          assertThat(StartupPacket.read(in)).isNotNull();
        } catch (ProtocolException e) {
          assertThat(e).hasMessageStartingWith("invalid");
        }
      }
    }
  }
}
