package io.howdah.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.error.PgError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StartupMessagesTest {
  @Test
  void startup() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", "ä");
    parameters.put("x", "");
    assertThat(hex(out -> StartupMessages.startup(out, Protocol.VERSION_3_2, parameters)))
        .isEqualTo("00000014" + "00030002" + "7573657200" + "c3a400" + "7800" + "00" + "00");
    assertThatThrownBy(
            () -> hex(out -> StartupMessages.startup(out, Protocol.VERSION_3_0, Map.of("", "x"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cancelAndTls() {
    assertThat(hex(out -> StartupMessages.cancelRequest(out, 258, new byte[] {1, 2, 3, 4})))
        .isEqualTo("00000010" + "04d2162e" + "00000102" + "01020304");
    assertThat(hex(StartupMessages::sslRequest)).isEqualTo("00000008" + "04d2162f");
  }

  @Test
  void passwords() {
    assertThat(hex(out -> StartupMessages.password(out, "ab"))).isEqualTo("7000000007" + "616200");
    assertThat(hex(out -> StartupMessages.password(out, "a\0b")))
        .as("nothing behind a zero byte")
        .isEqualTo("7000000006" + "6100");
    assertThat(hex(out -> StartupMessages.saslInitialResponse(out, "M", new byte[] {9})))
        .isEqualTo("700000000b" + "4d00" + "00000001" + "09");
    assertThat(hex(out -> StartupMessages.saslResponse(out, new byte[] {9})))
        .isEqualTo("7000000005" + "09");
  }

  @Test
  void stringsNeedAnEnd() {
    ByteBuf in = Unpooled.copiedBuffer("ab\0c", StandardCharsets.UTF_8);
    assertThat(CString.read(in)).isEqualTo("ab");
    assertThatThrownBy(() -> CString.read(in)).isInstanceOf(MalformedMessage.class);
    assertThat(in.toString(StandardCharsets.UTF_8)).isEqualTo("c");
  }

  @Test
  void errorRoundTrip() {
    ByteBuf out = Unpooled.buffer();
    ErrorFields.write(out, new PgError.NoSuchDatabase("x"));
    assertThat(out.readByte()).isEqualTo((byte) 'E');
    assertThat(out.readInt()).isEqualTo(out.readableBytes() + 4);
    assertThat(ErrorFields.read(out))
        .isEqualTo(
            new ErrorFields(
                "FATAL",
                "3D000",
                "database \"x\" does not exist",
                null,
                "Howdah's configuration has no entry for this database and no \"*\" entry.",
                null));
  }

  @Test
  void errorsOfServersAreReadTolerantly() {
    assertThat(error("SFATAL\0VFATAL\0C57P01\0Mbye\0Fpostgres.c\0L1\0Dwhy\0\0"))
        .isEqualTo(new ErrorFields("FATAL", "57P01", "bye", "why", null, null));
    assertThat(error("SFATAAL\0C57P01\0Mbye"))
        .as("old server, cut off")
        .isEqualTo(new ErrorFields("FATAAL", "57P01", "", null, null, null));
    assertThat(error("")).isEqualTo(new ErrorFields(null, "", "", null, null, null));
  }

  private static ErrorFields error(String body) {
    return ErrorFields.read(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
  }

  private static String hex(Consumer<ByteBuf> writer) {
    ByteBuf out = Unpooled.buffer();
    writer.accept(out);
    return ByteBufUtil.hexDump(out);
  }
}
