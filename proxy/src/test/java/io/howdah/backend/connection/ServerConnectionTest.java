package io.howdah.backend.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.login.Bytes;
import io.howdah.error.PgError;
import io.howdah.error.Sqlstate;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a server's messages, whatever they are, and of Howdah's own requests. */
class ServerConnectionTest {
  private final ConnectionScene scene = new ConnectionScene();

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void aBurstOfRepliesIsOneRun() {
    scene.asks(Entry.QUERY);
    scene.says(
        Bytes.of().message('T', Bytes.of().int16(0)),
        Bytes.of().row("1").row("2"),
        ConnectionScene.tag("SELECT 2"),
        ConnectionScene.ready('I'));
    assertThat(scene.events).containsExactly("[ready I]", "TDDCZ", "[settled]");
    assertThat(scene.connection.isReusable()).isTrue();
  }

  @Test
  void whatHowdahAskedIsKeptFromTheClientAtEveryBoundary() {
    byte[] reply =
        Bytes.of()
            .raw(ConnectionScene.bodyless("12").array())
            .parameter("TimeZone", "UTC")
            .raw(ConnectionScene.tag("SET").array())
            .raw(ConnectionScene.ready('I').array())
            .array();
    for (int split = 0; split <= reply.length; split++) {
      scene.events.clear();
      scene
          .connection
          .statements()
          .ensure(ConnectionScene.statement("SELECT " + split), false, _ -> {});
      scene.asks(Entry.BIND, Entry.EXECUTE, Entry.SYNC);
      scene.server.writeInbound(Unpooled.copiedBuffer(reply, 0, split));
      scene.server.writeInbound(Unpooled.copiedBuffer(reply, split, reply.length - split));
      assertThat(scene.events).contains("[TimeZone=UTC]", "[SET]", "[ready I]");
      scene.server.releaseOutbound();
    }
    assertThat(ConnectionScene.types(scene.said.array()))
        .isEqualTo("2SCZ".repeat(reply.length + 1));
    assertThat(scene.parameters).containsEntry("TimeZone", "UTC");
  }

  /** Whatever comes instead of what is owed: the session is told once, and so is the pool. */
  @ParameterizedTest
  @ValueSource(
      strings = {"1", "2", "3", "C", "D", "T", "n", "s", "Z", "R", "K", "v", "?", "E", "\0"})
  void aViolationDestroys(String type) {
    Bytes body =
        type.equals("E") ? Bytes.of().string("VERROR").raw((byte) 0) : Bytes.of().text("I");
    scene.says(Bytes.of().message(type.charAt(0), body.raw((byte) 0).raw(new byte[0])));
    assertThat(scene.events).containsExactly("[lost " + Sqlstate.PROTOCOL_VIOLATION.code() + "]");
    assertThat(scene.gone).hasSize(1);
    assertThat(scene.gone.getFirst()).startsWith("violation: ");
    assertThat(scene.server.isActive()).isFalse();
    assertThat(scene.connection.isReusable()).isFalse();
    assertThat(scene.connection.isClosing()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5a00000004", // ReadyForQuery without a status
        "5a0000000649 49", // with two
        "5a0000000551", // with one that is none
        "5300000004", // an empty ParameterStatus
        "53000000056100", // one without a value
        "530000000761006262", // one without an end
        "4300000004", // an empty CommandComplete
        "4300100000", // an endless one
        "4400000003", // lengths that lie
        "44ffffffff",
        "4480000000"
      })
  void malformedMessagesDestroy(String hex) {
    scene.asks(Entry.QUERY);
    scene.server.writeInbound(
        Unpooled.wrappedBuffer(java.util.HexFormat.of().parseHex(hex.replace(" ", ""))));
    assertThat(scene.events).containsExactly("[lost " + Sqlstate.PROTOCOL_VIOLATION.code() + "]");
    assertThat(scene.gone).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "S", "SE", "R", "D", "C", "SETS", "SELECT 1", "\u00e4"})
  void shortAndOddTags(String tag) {
    scene.asks(Entry.QUERY);
    scene.says(ConnectionScene.tag(tag));
    assertThat(scene.events).containsExactly("C");
    scene.says(ConnectionScene.ready('I'));
    assertThat(scene.gone).isEmpty();
  }

  @Test
  void aLastWordWhileIdleIsPassedOn() {
    scene.says(ConnectionScene.error("FATAL", "57P01"));
    scene.server.close().syncUninterruptibly();
    assertThat(scene.events).containsExactly("[failed]", "E", "[settled]", "[lost 08006, told]");
    assertThat(scene.gone).containsExactly("57P01 no");
  }

  @Test
  void howdahsOwnRequestFails() {
    scene.connection.detach();
    List<String> chore = new ArrayList<>();
    scene.connection.ownWork().run("SELECT 1", noted(chore, ""));
    assertThat(scene.sent()).isEqualTo("Q");
    assertThat(scene.connection.isReusable()).isFalse();
    scene.says(ConnectionScene.error("ERROR", "22023"), ConnectionScene.ready('I'));
    assertThat(chore).hasSize(1);
    assertThat(scene.gone).hasSize(1);
    assertThat(scene.server.isActive()).isFalse();
  }

  private static Chore noted(List<String> told, String name) {
    return new Chore() {
      @Override
      public void done() {
        told.add(name + "done");
      }

      @Override
      public void failed(PgError error) {
        told.add(name + error.code());
      }
    };
  }

  /**
   * What counts on the end of the scene.connection where it fails gets that, not a leaked
   * scene.connection.
   */
  @ParameterizedTest
  @ValueSource(strings = {"a request", "a batch", "a request of Howdah's own"})
  void howdahsOwnRequestOnABusyConnection(String busy) {
    List<String> told = new ArrayList<>();
    switch (busy) {
      case "a request" -> scene.asks(Entry.QUERY);
      case "a batch" -> {
        scene.asks(Entry.PARSE);
        scene.says(ConnectionScene.bodyless("1"));
      }
      default -> scene.connection.ownWork().run("SELECT 1", noted(told, "first "));
    }
    scene.connection.ownWork().run("SELECT 2", noted(told, "second "));
    assertThat(told).contains("second 08006").doesNotContain("first done");
    assertThat(told).hasSize(busy.equals("a request of Howdah's own") ? 2 : 1);
    assertThat(scene.gone).hasSize(1);
    assertThat(scene.events).anyMatch(each -> each.startsWith("[lost 08006"));
    assertThat(scene.server.isActive()).isFalse();
    // And once it is closed nothing more happens than that it is scene.said.
    scene.connection.ownWork().run("SELECT 3", noted(told, "third "));
    assertThat(told).contains("third 08006");
    assertThat(scene.gone).hasSize(1);
  }

  @Test
  void randomBytesNeverEscape() {
    for (int round = 0; round < 2000; round++) {
      Random random = new Random(round);
      ConnectionScene one = new ConnectionScene();
      for (int i = 0; i < 8 && !one.connection.isClosing(); i++) {
        if (random.nextBoolean()) {
          Entry[] all = Entry.values();
          one.asks(all[random.nextInt(all.length)]);
        }
        byte[] noise = new byte[random.nextInt(60)];
        random.nextBytes(noise);
        if (noise.length > 5 && random.nextInt(4) > 0) {
          noise[0] = (byte) "TDCZEINSA123GHWdcstVn".charAt(random.nextInt(21));
          noise[1] = 0;
          noise[2] = 0;
          noise[3] = 0;
        }
        one.server.writeInbound(Unpooled.wrappedBuffer(noise));
      }
      one.close();
      assertThat(one.gone).hasSize(1);
      assertThat(one.events.stream().filter(e -> e.startsWith("[lost"))).hasSize(1);
    }
  }
}
