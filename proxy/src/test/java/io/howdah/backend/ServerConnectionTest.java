package io.howdah.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ReplyLedger.Entry;
import io.howdah.error.PgError;
import io.howdah.error.Sqlstate;
import io.howdah.route.BuiltinFunctions;
import io.howdah.route.Classifier;
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
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server connection whose server says what the test tells it to. */
class ServerConnectionTest {
  private final EmbeddedChannel server = new EmbeddedChannel();
  private final List<String> events = new ArrayList<>();
  private final Bytes said = Bytes.of();
  private final List<String> gone = new ArrayList<>();
  private final Map<String, String> parameters = new HashMap<>();
  private final ServerConnection connection =
      new ServerConnection(
          server,
          new ServerIdentity(
              new NodeId("main", "db1", 5432), "demo", "app", 7, new byte[4], parameters, 3 << 16),
          null,
          2,
          (_, reason, violation) -> gone.add((violation ? "violation: " : "") + reason));

  ServerConnectionTest() {
    server.pipeline().addLast(connection);
    connection.attach(new Recorder());
  }

  @AfterEach
  void close() {
    server.finishAndReleaseAll();
    server.checkException();
  }

  /** Writes down what a session is told: the types of replies, and events in brackets. */
  private final class Recorder implements SessionLink {
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
  private static String types(byte[] bytes) {
    StringBuilder types = new StringBuilder();
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    while (in.readableBytes() >= 5) {
      types.append((char) in.readByte());
      in.skipBytes(Math.clamp(in.readInt() - 4, 0, in.readableBytes()));
    }
    return types.toString();
  }

  private static Bytes tag(String tag) {
    return Bytes.of().message('C', Bytes.of().string(tag));
  }

  private static Bytes ready(char status) {
    return Bytes.of().message('Z', Bytes.of().text(String.valueOf(status)));
  }

  private static Bytes error(String severity, String code) {
    return Bytes.of()
        .message(
            'E', Bytes.of().string("V" + severity).string("C" + code).string("Mno").raw((byte) 0));
  }

  private static Bytes bodyless(String types) {
    Bytes all = Bytes.of();
    for (int i = 0; i < types.length(); i++) {
      char type = types.charAt(i);
      all.message(type, Bytes.of());
    }
    return all;
  }

  private void says(Bytes... messages) {
    Bytes all = Bytes.of();
    for (Bytes message : messages) {
      all.raw(message.array());
    }
    server.writeInbound(Unpooled.wrappedBuffer(all.array()));
  }

  /** The types of what was sent to the server since the last call. */
  private String sent() {
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

  private void asks(Entry... entries) {
    for (Entry entry : entries) {
      connection.expect(entry, null);
    }
  }

  private static Statement statement(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    return new Statement(
        (sql + "\0\0\0").getBytes(StandardCharsets.UTF_8),
        new Classifier(BuiltinFunctions.INSTANCE, 1000).classify(text, 0, text.length, true));
  }

  @Test
  void aBurstOfRepliesIsOneRun() {
    asks(Entry.QUERY);
    says(
        Bytes.of().message('T', Bytes.of().int16(0)),
        Bytes.of().row("1").row("2"),
        tag("SELECT 2"),
        ready('I'));
    assertThat(events).containsExactly("[ready I]", "TDDCZ", "[settled]");
    assertThat(connection.isReusable()).isTrue();
  }

  @Test
  void whatHowdahAskedIsKeptFromTheClientAtEveryBoundary() {
    byte[] reply =
        Bytes.of()
            .raw(bodyless("12").array())
            .parameter("TimeZone", "UTC")
            .raw(tag("SET").array())
            .raw(ready('I').array())
            .array();
    for (int split = 0; split <= reply.length; split++) {
      events.clear();
      connection.statements().ensureUnnamed(statement("SELECT " + split));
      asks(Entry.BIND, Entry.EXECUTE, Entry.SYNC);
      server.writeInbound(Unpooled.copiedBuffer(reply, 0, split));
      server.writeInbound(Unpooled.copiedBuffer(reply, split, reply.length - split));
      assertThat(events).contains("[TimeZone=UTC]", "[SET]", "[ready I]");
      server.releaseOutbound();
    }
    assertThat(types(said.array())).isEqualTo("2SCZ".repeat(reply.length + 1));
    assertThat(parameters).containsEntry("TimeZone", "UTC");
  }

  /** Whatever comes instead of what is owed: the session is told once, and so is the pool. */
  @ParameterizedTest
  @ValueSource(
      strings = {"1", "2", "3", "C", "D", "T", "n", "s", "Z", "R", "K", "v", "?", "E", "\0"})
  void aViolationDestroys(String type) {
    Bytes body =
        type.equals("E") ? Bytes.of().string("VERROR").raw((byte) 0) : Bytes.of().text("I");
    says(Bytes.of().message(type.charAt(0), body.raw((byte) 0).raw(new byte[0])));
    assertThat(events).containsExactly("[lost " + Sqlstate.PROTOCOL_VIOLATION.code() + "]");
    assertThat(gone).hasSize(1);
    assertThat(gone.getFirst()).startsWith("violation: ");
    assertThat(server.isActive()).isFalse();
    assertThat(connection.isReusable()).isFalse();
    assertThat(connection.isClosing()).isTrue();
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
    asks(Entry.QUERY);
    server.writeInbound(
        Unpooled.wrappedBuffer(java.util.HexFormat.of().parseHex(hex.replace(" ", ""))));
    assertThat(events).containsExactly("[lost " + Sqlstate.PROTOCOL_VIOLATION.code() + "]");
    assertThat(gone).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "S", "SE", "R", "D", "C", "SETS", "SELECT 1", "\u00e4"})
  void shortAndOddTags(String tag) {
    asks(Entry.QUERY);
    says(tag(tag));
    assertThat(events).containsExactly("C");
    says(ready('I'));
    assertThat(gone).isEmpty();
  }

  @Test
  void aLastWordWhileIdleIsPassedOn() {
    says(error("FATAL", "57P01"));
    server.close().syncUninterruptibly();
    assertThat(events).containsExactly("[failed]", "E", "[settled]", "[lost 08006, told]");
    assertThat(gone).containsExactly("57P01 no");
  }

  @Test
  void howdahsOwnRequestFails() {
    connection.detach();
    List<String> chore = new ArrayList<>();
    connection.run("SELECT 1", noted(chore, ""));
    assertThat(sent()).isEqualTo("Q");
    assertThat(connection.isReusable()).isFalse();
    says(error("ERROR", "22023"), ready('I'));
    assertThat(chore).hasSize(1);
    assertThat(gone).hasSize(1);
    assertThat(server.isActive()).isFalse();
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

  /** What counts on the end of the connection where it fails gets that, not a leaked connection. */
  @ParameterizedTest
  @ValueSource(strings = {"a request", "a batch", "a request of Howdah's own"})
  void howdahsOwnRequestOnABusyConnection(String busy) {
    List<String> told = new ArrayList<>();
    switch (busy) {
      case "a request" -> asks(Entry.QUERY);
      case "a batch" -> {
        asks(Entry.PARSE);
        says(bodyless("1"));
      }
      default -> connection.run("SELECT 1", noted(told, "first "));
    }
    connection.run("SELECT 2", noted(told, "second "));
    assertThat(told).contains("second 08006").doesNotContain("first done");
    assertThat(told).hasSize(busy.equals("a request of Howdah's own") ? 2 : 1);
    assertThat(gone).hasSize(1);
    assertThat(events).anyMatch(each -> each.startsWith("[lost 08006"));
    assertThat(server.isActive()).isFalse();
    // And once it is closed nothing more happens than that it is said.
    connection.run("SELECT 3", noted(told, "third "));
    assertThat(told).contains("third 08006");
    assertThat(gone).hasSize(1);
  }

  @Test
  void aStatementIsPreparedOnceAndTheOldestIsClosed() {
    Statement a = statement("SELECT 'a'");
    Statement b = statement("SELECT 'b'");
    Statement c = statement("SELECT 'c'");
    connection.statements().ensure(a);
    connection.statements().ensure(a);
    assertThat(sent()).isEqualTo("P");
    connection.statements().ensure(b);
    asks(Entry.SYNC);
    says(bodyless("11"), ready('I'));
    connection.statements().ensure(a);
    assertThat(sent()).isEqualTo("P");
    connection.statements().ensure(c);
    assertThat(sent()).as("b was used least recently").isEqualTo("CP");
    asks(Entry.SYNC);
    says(bodyless("31"), ready('I'));
    connection.statements().ensure(a);
    connection.statements().ensure(c);
    assertThat(sent()).isEmpty();
    connection.statements().parseForClient(a, null);
    assertThat(events).contains("1");
    asks(Entry.SYNC);
    says(ready('I'));
    assertThat(types(said.array())).isEqualTo("ZZ1Z");
  }

  /** In doubt a statement is closed and prepared anew; where that is void, what was there stays. */
  @Test
  void aDoubtfulStatementWhoseCloseWasVoidIsStillThere() {
    Statement a = statement("SELECT 'a'");
    connection.statements().ensure(a);
    asks(Entry.SYNC, Entry.BIND);
    connection.statements().ensure(a);
    asks(Entry.SYNC);
    assertThat(sent()).isEqualTo("PCP");
    says(bodyless("1"), ready('I'), error("ERROR", "26000"), ready('I'));
    connection.statements().ensure(a);
    assertThat(sent()).as("the server has it already").isEmpty();
  }

  @Test
  void anEvictedStatementWhoseCloseWasVoidIsStillThere() {
    Statement a = statement("SELECT 'a'");
    Statement b = statement("SELECT 'b'");
    Statement c = statement("SELECT 'c'");
    connection.statements().ensure(a);
    connection.statements().ensure(b);
    asks(Entry.SYNC);
    says(bodyless("11"), ready('I'));
    sent();
    asks(Entry.BIND);
    connection.statements().ensure(c);
    connection.statements().ensure(a);
    asks(Entry.SYNC);
    assertThat(sent()).isEqualTo("CPCP");
    says(error("ERROR", "26000"), ready('I'));
    connection.statements().ensure(a);
    connection.statements().ensure(b);
    assertThat(sent()).as("the server has both").isEmpty();
    assertThat(connection.statements().count()).isEqualTo(2);
  }

  @Test
  void whatIsPreparedBehindDeallocateAllIsThere() {
    Statement a = statement("SELECT 'a'");
    Statement b = statement("SELECT 'b'");
    connection.statements().ensure(a);
    asks(Entry.SYNC);
    says(bodyless("1"), ready('I'));
    asks(Entry.EXECUTE);
    connection.statements().ensure(b);
    asks(Entry.SYNC);
    sent();
    says(tag("DEALLOCATE ALL"), bodyless("1"), ready('I'));
    connection.statements().ensure(b);
    assertThat(sent()).isEmpty();
    connection.statements().ensure(a);
    assertThat(sent()).isEqualTo("P");
  }

  @Test
  void aFailedParseIsForgotten() {
    Statement a = statement("SELECT a");
    connection.statements().ensure(a);
    asks(Entry.BIND, Entry.SYNC);
    says(error("ERROR", "42703"), ready('I'));
    assertThat(events).containsExactly("[failed]", "[ready I]", "EZ", "[settled]");
    sent();
    connection.statements().ensure(a);
    assertThat(sent()).isEqualTo("P");
  }

  @Test
  void randomBytesNeverEscape() {
    for (int round = 0; round < 2000; round++) {
      Random random = new Random(round);
      ServerConnectionTest one = new ServerConnectionTest();
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
