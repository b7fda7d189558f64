package io.howdah.e2e.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tens of thousands of requests are sent ahead, each of which makes the session wait: all are
 * answered, in order, and another client is served meanwhile. Where the time for one grew with what
 * waits behind it, this took minutes.
 */
class PipelinesTest {
  private static final int REQUESTS = Integer.getInteger("pipelined", 20_000);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PREPARE z AS SELECT 1 | DEALLOCATE z",
        "LISTEN a | UNLISTEN a",
        "SET app.a = '1' | RESET app.a",
        "SELECT 1 | /* howdah: primary */ SELECT 2",
      })
  void areTakenOneByOne(String first, String second) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < REQUESTS / 2; i++) {
      all.writeBytes(Send.query(first));
      all.writeBytes(Send.query(second));
    }
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).start();
        Wire wire = howdah.wire();
        Wire other = howdah.wire()) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(() -> send(wire, all.toByteArray()));
      List<String> tags = new ArrayList<>();
      while (tags.size() < REQUESTS) {
        Message message = wire.read();
        assertThat(message.type()).as("after " + tags.size()).isNotEqualTo('E');
        if (message.type() == 'C') {
          tags.add(new String(message.body(), StandardCharsets.UTF_8));
          if (tags.size() % 1000 == 0) {
            assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
          }
        }
      }
      sent.join();
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(tags.get(i)).isEqualTo(tags.get(i % 2));
      }
    }
  }

  private static void send(Wire wire, byte[] bytes) {
    try {
      wire.send(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
