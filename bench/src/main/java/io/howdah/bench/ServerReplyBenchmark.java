package io.howdah.bench;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.connection.SessionLink;
import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.login.ServerIdentity;
import io.howdah.error.PgError;
import io.howdah.topology.NodeId;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.HashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a server connection does with replies: frames, ledger and verdicts, without a socket. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ServerReplyBenchmark {
  private final ByteBuf small = Replies.small();
  private final ByteBuf rows = Replies.rows();
  private final ServerConnection querying = connection();
  private final ServerConnection streaming = connection();
  private final Client client = new Client();

  /** Prepares a connection that is in the midst of a large result. */
  public ServerReplyBenchmark() {
    querying.attach(client);
    streaming.attach(client);
    streaming.expect(Entry.QUERY, null);
    read(streaming, Replies.rowDescription());
  }

  // Without a pool there is no slot, and nothing here asks for one.
  private static ServerConnection connection() {
    EmbeddedChannel channel = new EmbeddedChannel();
    ServerIdentity identity =
        new ServerIdentity(
            new NodeId("main", "localhost", 5432),
            "bench",
            "bench",
            1,
            new byte[4],
            new HashMap<>(),
            Protocol.VERSION_3_0);
    ServerConnection connection =
        new ServerConnection(channel, identity, null, 100, (gone, reason, violation) -> {});
    channel.pipeline().addLast(connection);
    return connection;
  }

  /** A Query is noted, and its four frames of reply come in one read. */
  @Benchmark
  public int smallReply() {
    querying.expect(Entry.QUERY, null);
    read(querying, small.retainedDuplicate());
    return client.settled;
  }

  /** One read of 512 rows of a large result. */
  @Benchmark
  public int rows16KiB() {
    read(streaming, rows.retainedDuplicate());
    return client.settled;
  }

  private static void read(ServerConnection connection, ByteBuf bytes) {
    ChannelPipeline pipeline = connection.channel().pipeline();
    pipeline.fireChannelRead(bytes);
    pipeline.fireChannelReadComplete();
  }

  /** Gives the buffers back. */
  @TearDown
  public void release() {
    querying.destroy("over");
    streaming.destroy("over");
    small.release();
    rows.release();
  }

  private static final class Client implements SessionLink {
    private int settled;

    @Override
    public void replies(ByteBuf run) {
      run.release();
    }

    @Override
    public void repliesEnd() {}

    @Override
    public void stateCommand(CommandTag tag, ReplyLedger.Note note) {}

    @Override
    public void ready(byte transactionStatus) {}

    @Override
    public void failed() {}

    @Override
    public void settled() {
      settled++;
    }

    @Override
    public void parameterChanged(String name, String value) {}

    @Override
    public void serverWritable(boolean writable) {}

    @Override
    public void lost(PgError error, boolean told) {}
  }
}
