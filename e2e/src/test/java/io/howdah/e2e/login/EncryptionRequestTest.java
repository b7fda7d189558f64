package io.howdah.e2e.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that come with a request for encryption, before its answer: refused, as by PostgreSQL. */
class EncryptionRequestTest {
  private static final int SSL = 80877103;
  private static final int GSS = 80877104;

  /** The file, line and function of the server's source, which Howdah does not have. */
  private static final Pattern SOURCE = Pattern.compile("(?<=\0)[FLR][^\0]*\0");

  @ParameterizedTest
  @ValueSource(ints = {SSL, GSS})
  void moreThanTheRequest(int code) throws IOException {
    byte[] request = ByteBuffer.allocate(8).putInt(8).putInt(code).array();
    List<String> said = new ArrayList<>();
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).start()) {
      for (Target target : Target.values()) {
        try (Wire wire = Wire.open(target.address(howdah))) {
          wire.send(request, Send.startup(Map.of("user", "app", "database", "app")));
          String all = new String(wire.rest(), StandardCharsets.ISO_8859_1);
          // Without the length, which counts the source.
          said.add(all.substring(0, 2) + SOURCE.matcher(all.substring(6)).replaceAll(""));
        }
      }
    }
    assertThat(said.getFirst()).startsWith("NESFATAL\0").contains("\0C08P01\0");
    assertThat(said.getLast()).isEqualTo(said.getFirst());
  }
}
