package io.howdah.backend.connection;

import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.login.Bytes;
import io.howdah.backend.login.ServerIdentity;
import io.howdah.backend.statement.Statement;
import io.howdah.error.PgError;
import io.howdah.route.classify.Classifier;
import io.howdah.route.function.BuiltinFunctions;
import io.howdah.topology.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server connection whose server says what the test has it say, and what its session hears. */
final class ConnectionScene {
  final EmbeddedChannel server = new EmbeddedChannel();
  final List<String> events = new ArrayList<>();
  final Bytes said = Bytes.of();
  final List<String> gone = new ArrayList<>();
  final Map<String, String> parameters = new HashMap<>();
  final ServerConnection connection =
      new ServerConnection(
          server,
          new ServerIdentity(
              new NodeId("main", "db1", 5432), "demo", "app", 7, new byte[4], parameters, 3 << 16),
          null,
          2,
          (_, reason, violation) -> gone.add((violation ? "violation: " : "") + reason));

  ConnectionScene() {
    server.pipeline().addLast(connection);
    connection.attach(new Recorder());
  }

  /** To be called when a test is over. */
  void close() {
    server.finishAndReleaseAll();
    server.checkException();
  }

  /** Writes down what a session is told: the types of replies, and events in brackets. */
  final class Recorder implements SessionLink {
    @Override
    public void replies(ByteBuf run) {
      byte[] bytes = ByteBufUtil.getBytes(run);
      run.release();
      said.raw(bytes);
      events.add(types(bytes));
    }

    @Override
    public void repliesEnd() {}

    @Override
    public void stateCommand(CommandTag tag, ReplyLedger.Note note) {
      events.add("[" + tag + "]");
    }

    @Override
    public void failed() {
      events.add("[failed]");
    }

    @Override
    public void ready(byte transactionStatus) {
      events.add("[ready " + (char) transactionStatus + "]");
    }

    @Override
    public void settled() {
      events.add("[settled]");
    }

    @Override
    public void parameterChanged(String name, String value) {
      events.add("[" + name + "=" + value + "]");
    }

    @Override
    public void serverWritable(boolean writable) {}

    @Override
    public void lost(PgError error, boolean told) {
      events.add("[lost " + error.sqlstate().code() + (told ? ", told]" : "]"));
    }
  }

  /** The types of the messages that begin in here, a run's first message being whole. */
  static String types(byte[] bytes) {
    StringBuilder types = new StringBuilder();
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    while (in.readableBytes() >= 5) {
      types.append((char) in.readByte());
      in.skipBytes(Math.clamp(in.readInt() - 4, 0, in.readableBytes()));
    }
    return types.toString();
  }

  static Bytes tag(String tag) {
    return Bytes.of().message('C', Bytes.of().string(tag));
  }

  static Bytes ready(char status) {
    return Bytes.of().message('Z', Bytes.of().text(String.valueOf(status)));
  }

  static Bytes error(String severity, String code) {
    return Bytes.of()
        .message(
            'E', Bytes.of().string("V" + severity).string("C" + code).string("Mno").raw((byte) 0));
  }

  static Bytes bodyless(String types) {
    Bytes all = Bytes.of();
    for (int i = 0; i < types.length(); i++) {
      char type = types.charAt(i);
      all.message(type, Bytes.of());
    }
    return all;
  }

  void says(Bytes... messages) {
    Bytes all = Bytes.of();
    for (Bytes message : messages) {
      all.raw(message.array());
    }
    server.writeInbound(Unpooled.wrappedBuffer(all.array()));
  }

  /** The types of what was sent to the server since the last call. */
  String sent() {
    server.flushOutbound();
    StringBuilder types = new StringBuilder();
    for (ByteBuf out = server.readOutbound(); out != null; out = server.readOutbound()) {
      while (out.isReadable()) {
        types.append((char) out.readByte());
        out.skipBytes(out.readInt() - 4);
      }
      out.release();
    }
    return types.toString();
  }

  void asks(Entry... entries) {
    for (Entry entry : entries) {
      connection.expect(entry, null);
    }
  }

  static Statement statement(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    return new Statement(
        (sql + "\0\0\0").getBytes(StandardCharsets.UTF_8),
        new Classifier(BuiltinFunctions.INSTANCE, 1000).classify(text, 0, text.length, true),
        0);
  }
}
