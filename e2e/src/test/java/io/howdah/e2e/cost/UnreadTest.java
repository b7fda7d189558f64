package io.howdah.e2e.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Who asks and does not read is not listened to until it reads: what Howdah itself would answer
 * does not pile up. Then all is answered.
 */
class UnreadTest {
  private static final int RECEIVE_BUFFER = 16 << 10;

  /** Several times what the sockets on the way hold of answers, which have 6 bytes each. */
  private static final int SYNCS = 4_000_000;

  @Test
  void syncsOfAnIdleClient() throws Exception {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).start();
        Wire wire = Wire.open(howdah.address(), RECEIVE_BUFFER);
        Wire other = howdah.wire()) {
      wire.login(Map.of("user", Servers.USER, "database", Servers.DATABASE), Servers.PASSWORD);
      floods(howdah, wire, other, Send.sync(), SYNCS);
    }
  }

  private static void floods(Howdah howdah, Wire wire, Wire other, byte[] message, int times)
      throws Exception {
    ByteArrayOutputStream some = new ByteArrayOutputStream();
    for (int i = 0; i < 1000; i++) {
      some.writeBytes(message);
    }
    int[] sent = {0};
    Thread flood =
        Thread.startVirtualThread(
            () -> {
              try {
                for (int i = 0; i < times / 1000; i++) {
                  wire.send(some.toByteArray());
                  sent[0] = i + 1;
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    // The flood stops by itself: nobody takes any more of it.
    Await.until(
        () -> held(howdah),
        waits -> assertThat(waits).as("after " + sent[0]).contains("client-buffer"));
    assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
    assertThat(sent[0]).isLessThan(times / 1000);
    int answers = 0;
    while (answers < times) {
      if (wire.read().type() == 'Z') {
        answers++;
      }
    }
    flood.join();
  }

  private static List<String> held(Howdah howdah) {
    return howdah.proxy().snapshot().toCompletableFuture().join().clients().stream()
        .map(each -> String.valueOf(each.waitReason()))
        .toList();
  }
}
