package io.howdah.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.config.ClientConfig;
import io.howdah.wire.Protocol;
import io.howdah.wire.StartupMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who has not proven who it is takes the places of its like, and of nobody else. */
class StrangersTest {
  private static final int MOST = ClientConfig.DEFAULT.maxUnauthenticated();

  private final TestDesk desk = new TestDesk(AuthType.SCRAM_SHA_256);
  private final List<EmbeddedChannel> all = new ArrayList<>();

  private EmbeddedChannel connects() {
    EmbeddedChannel client = desk.connect();
    all.add(client);
    return client;
  }

  private static void saysWhoItIs(EmbeddedChannel client) {
    ByteBuf out = Unpooled.buffer();
    StartupMessages.startup(out, Protocol.VERSION_3_0, Map.of("user", "app", "database", "demo"));
    client.writeInbound(out);
  }

  @Test
  void theOldestGoes() {
    for (int i = 0; i < MOST; i++) {
      saysWhoItIs(connects());
    }
    assertThat(desk.worker.clients().all()).as("counted against users").isZero();
    assertThat(all).allMatch(EmbeddedChannel::isOpen);
    // One that leaves makes room.
    all.get(1).close();
    connects();
    assertThat(all.getFirst().isOpen()).isTrue();
    connects();
    assertThat(all.getFirst().isOpen()).isFalse();
    assertThat(all).filteredOn(each -> !each.isOpen()).hasSize(2);
    StringBuilder told = new StringBuilder();
    for (ByteBuf b = all.getFirst().readOutbound(); b != null; b = all.getFirst().readOutbound()) {
      told.append(b.toString(StandardCharsets.UTF_8));
      b.release();
    }
    assertThat(told.toString()).contains("53300").contains("clients.max-unauthenticated");
    all.forEach(EmbeddedChannel::finishAndReleaseAll);
    assertThat(desk.worker.desk().strangers()).hasValue(0);
    assertThat(desk.faults).isEmpty();
  }
}
