package io.howdah.backend.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.telemetry.Telemetry;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodeAddressesTest {
  private final EventLoopGroup loops = Transport.best().newEventLoops(2, "test");
  private final EventLoop home = loops.next();
  private final EventLoop other = loops.next();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final Telemetry telemetry =
      new Telemetry() {
        @Override
        public void addressChanged(String host, String before, String now) {
          told.add(host + ": " + before + " -> " + now);
        }

        @Override
        public void nameUnresolved(String host, String problem, String kept) {
          told.add(host + ": " + problem + ", kept " + kept);
        }
      };

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** What whoever asks is told: addresses or a problem. */
  private Object find(NodeAddresses addresses, String host) throws InterruptedException {
    BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    addresses.find(
        other,
        host,
        found -> {
          assertThat(other.inEventLoop()).isTrue();
          answers.add(found.stream().map(InetAddress::getHostAddress).toList());
        },
        answers::add);
    return answers.take();
  }

  /** A connection to an address, and what its pipeline hears. */
  private static final class Connection extends EmbeddedChannel {
    private final String address;

    Connection(String address) {
      this.address = address;
    }

    @Override
    protected SocketAddress remoteAddress0() {
      return new InetSocketAddress(FakeNames.address(address), 5432);
    }
  }

  @Test
  void tellsAllAddresses() throws Exception {
    NodeAddresses addresses = FakeNames.of("db", "127.0.0.2", "127.0.0.1").on(home, telemetry);
    assertThat(find(addresses, "db")).isEqualTo(List.of("127.0.0.2", "127.0.0.1"));
    assertThat(find(addresses, "db")).isEqualTo(List.of("127.0.0.2", "127.0.0.1"));
    assertThat(told).isEmpty();
  }

  @Test
  void aChangeIsToldOnceAndFollowed() throws Exception {
    FakeNames names = FakeNames.of("db", "127.0.0.1", "127.0.0.2");
    NodeAddresses addresses = names.on(home, telemetry);
    find(addresses, "db");
    // Another order is no change.
    names.put("db", "127.0.0.2", "127.0.0.1");
    names.put("db", "127.0.0.3", "127.0.0.2");
    assertThat(told.take()).startsWith("db: 127.0.0.").endsWith("-> 127.0.0.3, 127.0.0.2");
    assertThat(find(addresses, "db")).isEqualTo(List.of("127.0.0.3", "127.0.0.2"));
    names.put("db", "127.0.0.4");
    assertThat(told.take()).isEqualTo("db: 127.0.0.3, 127.0.0.2 -> 127.0.0.4");
    assertThat(told).isEmpty();
  }

  @Test
  void whileNamesCannotBeLookedUpTheLastAddressesCount() throws Exception {
    FakeNames names = FakeNames.of("db", "127.0.0.1");
    NodeAddresses addresses = names.on(home, telemetry);
    find(addresses, "db");
    names.out(true);
    assertThat(told.take()).isEqualTo("db: no name server, kept 127.0.0.1");
    assertThat(find(addresses, "db")).isEqualTo(List.of("127.0.0.1"));
    names.put("db", "127.0.0.2");
    names.out(false);
    assertThat(told.take()).as("told once, then the change").endsWith("-> 127.0.0.2");
    names.out(true);
    assertThat(told.take()).isEqualTo("db: no name server, kept 127.0.0.2");
  }

  @Test
  void aNameThatComesToBeIsFound() throws Exception {
    FakeNames names = FakeNames.of("another", "127.0.0.1");
    NodeAddresses addresses = names.on(home, telemetry);
    assertThat(find(addresses, "db")).isEqualTo("The host name \"db\" is unknown.");
    names.put("db", "127.0.0.1");
    while (!find(addresses, "db").equals(List.of("127.0.0.1"))) {
      Thread.sleep(5);
    }
    assertThat(told).hasSize(1);
  }

  @Test
  void aConnectionHearsThatItsAddressIsGone() throws Exception {
    FakeNames names = FakeNames.of("db", "127.0.0.1", "127.0.0.2");
    NodeAddresses addresses = names.on(home, telemetry);
    find(addresses, "db");
    BlockingQueue<String> gone = new LinkedBlockingQueue<>();
    for (String each : List.of("127.0.0.1", "127.0.0.2")) {
      Connection connection = new Connection(each);
      connection.pipeline().addLast(new GoneListener(each, gone));
      addresses.connected("db", connection);
    }
    names.put("db", "127.0.0.2", "127.0.0.3");
    assertThat(gone.take()).isEqualTo("127.0.0.1: the name db has another address now");
    assertThat(gone).isEmpty();
  }

  private static final class GoneListener extends io.netty.channel.ChannelInboundHandlerAdapter {
    private final String address;
    private final BlockingQueue<String> gone;

    GoneListener(String address, BlockingQueue<String> gone) {
      this.address = address;
      this.gone = gone;
    }

    @Override
    public void userEventTriggered(io.netty.channel.ChannelHandlerContext ctx, Object event) {
      gone.add(address + ": " + ((AddressGone) event).reason());
    }
  }
}
