package io.howdah.frontend.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.config.PoolMode;
import io.howdah.frontend.ClientSession;
import io.howdah.frontend.TestDesk;
import io.howdah.frontend.session.SessionState;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which request a cancel hits, however the two race: a session that keeps its server connection.
 */
class CancelRequestsTest {
  private final Deque<Consumer<Boolean>> underWay = new ArrayDeque<>();
  private final StringBuilder log = new StringBuilder();
  private final TestDesk desk =
      new TestDesk(
          AuthType.TRUST,
          (_, _, over) -> {
            reached();
            underWay.add(over);
            log.append('K');
          });
  private final EmbeddedChannel client = desk.connect();
  private final EmbeddedChannel server = new EmbeddedChannel();
  private final SessionState state = desk.attach(client, server, PoolMode.SESSION);
  private final StringBuilder heard = new StringBuilder();
  private int asked;
  private int over;

  @AfterEach
  void close() {
    client.finishAndReleaseAll();
    client.checkException();
    server.finishAndReleaseAll();
    assertThat(desk.faults).isEmpty();
    assertThat(over).as("cancels that were told to be over").isEqualTo(asked);
  }

  /**
   * What happens: {@code q} the client sends a query (twice: {@code p}), {@code c} it asks for a
   * cancel, {@code z} the server answers the query, {@code x} it answers that it was cancelled,
   * {@code e} it answers the empty query, {@code k} it has acted on a cancel, {@code ?} nobody
   * knows whether it has. What reaches the server: {@code Q} a query, {@code e} Howdah's empty one,
   * {@code K} a cancel sets out. The last column: cancels of which the client still waits for the
   * end.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # ---- hit, or too late, or for nothing
          q c k x         | QK       | EZ     | 0
          q c x k e       | QKe      | EZ     | 0
          q c z k e       | QKe      | CZ     | 0
          c q z           | Q        | CZ     | 0
          q z c           | Q        | CZ     | 0
          # ---- no request is sent before the server has acted, and an empty one after it
          q c z q         | QK       | CZ     | 1
          q c z q k       | QKe      | CZ     | 0
          q c z q k e z   | QKeQ     | CZCZ   | 0
          q c x q k e z   | QKeQ     | EZCZ   | 0
          # ---- the client asks again: for the request that runs
          q c c           | QK       |        | 2
          q c c k         | QKK      |        | 2
          q c c k x k e   | QKKe     | EZ     | 0
          q c c c c k k x | QKK      | EZ     | 0
          q c k c k x     | QKK      | EZ     | 0
          # ---- for one that is over by then: not at all
          q c c z k e     | QKe      | CZ     | 0
          q c c z q k e z | QKeQ     | CZCZ   | 0
          # ---- for the request that is held back: once it has been sent
          q c z q c k e   | QKeQK    | CZ     | 2
          q c z q c k e k x | QKeQK | CZEZ   | 0
          q c z k q c e k x | QKeQK  | CZEZ   | 0
          # ---- for nothing, while the first is under way or the empty query runs
          q c z c k e q z | QKeQ     | CZCZ   | 0
          q c z k c e q z | QKeQ     | CZCZ   | 0
          # ---- a pipeline: the request that runs when it arrives
          p c k x z       | QQK      | EZCZ   | 0
          p z c k x       | QQK      | CZEZ   | 0
          p c z k x       | QQK      | CZEZ   | 0
          p c c k x k z   | QQKK     | EZCZ   | 0
          p c c z k z     | QQK      | CZCZ   | 0
          # ---- the server can't be reached
          q c ? z         | QK       | CZ     | 0
          q c z ? e q z   | QKeQ     | CZCZ   | 0
          """)
  void interleavings(String script, String reached, String told, int waiting) {
    play(script);
    assertThat(log).as(script).hasToString(reached);
    assertThat(heard).as(script).hasToString(told == null ? "" : told);
    assertThat(asked - over).as("not over: " + script).isEqualTo(waiting);
  }

  /** What becomes of the connection when its client leaves. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          q z           | true  | nothing was asked
          q c z k e     | true  | the server has acted
          q c z         | false | a cancel is under way
          q c z k       | false | the empty query runs
          q c ? z       | false | nobody knows whether it has
          q c z ? e     | false | the same, and the empty query proves nothing
          q c ? z q z   | false | the same, requests later
          """)
  void theConnectionIsHandedOnOnlyWhereNoCancelCanHitIt(
      String script, boolean handedOn, String why) {
    play(script);
    client.close();
    server.runPendingTasks();
    reached();
    assertThat(server.isActive()).as(why).isEqualTo(handedOn);
  }

  /** The server process is gone, and the session with it: whoever waits is told. */
  @Test
  void theServerIsGone() {
    play("q c c");
    server.close();
    assertThat(client.isActive()).isFalse();
    assertThat(asked - over).isZero();
    underWay.remove().accept(true);
  }

  @Test
  void noMoreThanSixtyFourAtATimeAndStaleOnesNever() {
    Cancellations cancels = desk.worker.cancels();
    List<Consumer<Boolean>> others = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      cancels.send(
          server.eventLoop(),
          state.session.turn().server().identity(),
          Cancellations.Request.oneWay(() -> {}));
    }
    server.runPendingTasks();
    assertThat(underWay).hasSize(64);
    play("q c c");
    assertThat(underWay).as("stands in line").hasSize(64);
    play("z q z q");
    for (int i = 0; i < 100; i++) {
      others.add(underWay.remove());
      others.getLast().accept(true);
      server.runPendingTasks();
    }
    assertThat(underWay).as("its request was over when its turn came").isEmpty();
    assertThat(over).isEqualTo(asked);
    play("c");
    assertThat(underWay).as("there is room again").hasSize(1);
    underWay.remove().accept(true);
    play("x");
  }

  private void play(String script) {
    for (char what : script.replace(" ", "").toCharArray()) {
      switch (what) {
        case 'q' -> client.writeInbound(query());
        case 'p' -> client.writeInbound(Unpooled.wrappedBuffer(query(), query()));
        case 'c' -> {
          asked++;
          client.pipeline().get(ClientSession.class).phase().cancel(() -> over++);
        }
        case 'z' -> server.writeInbound(hex("43 0000000d 53454c454354203100" + "5a 00000005 49"));
        case 'x' -> server.writeInbound(hex("45 00000005 00" + "5a 00000005 49"));
        case 'e' -> server.writeInbound(hex("49 00000004" + "5a 00000005 49"));
        case 'k' -> underWay.remove().accept(true);
        case '?' -> underWay.remove().accept(false);
        default -> throw new IllegalArgumentException("nothing happens as " + what);
      }
      client.runPendingTasks();
      server.runPendingTasks();
      client.runPendingTasks();
      reached();
      told();
    }
  }

  private static ByteBuf query() {
    return hex("51 0000000d 53454c454354203100");
  }

  private static ByteBuf hex(String text) {
    return Unpooled.wrappedBuffer(java.util.HexFormat.of().parseHex(text.replace(" ", "")));
  }

  private void reached() {
    for (ByteBuf part = server.readOutbound(); part != null; part = server.readOutbound()) {
      while (part.isReadable()) {
        byte type = part.readByte();
        String body = part.readCharSequence(part.readInt() - 4, StandardCharsets.UTF_8).toString();
        if (type == FrontendType.QUERY) {
          log.append(body.length() == 1 ? 'e' : 'Q');
        }
      }
      part.release();
    }
  }

  private void told() {
    for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
      while (part.isReadable()) {
        heard.append((char) part.readByte());
        part.skipBytes(part.readInt() - 4);
      }
      part.release();
    }
  }
}
