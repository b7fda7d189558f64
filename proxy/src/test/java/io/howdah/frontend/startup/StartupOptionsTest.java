package io.howdah.frontend.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartupOptionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                               | {}
          -c a=1                           | {a=1}
          -ca=1                            | {a=1}
          --a=1                            | {a=1}
          -c a=1 -c b=2 --c=3              | {a=1, b=2, c=3}
          -c a=1 --a=2                     | {a=2}
          -c statement-timeout=5           | {statement_timeout=5}
          --Search-Path=Public             | {search_path=Public}
          -c a=                            | {a=}
          -c a=b=c                         | {a=b=c}
          -c search_path=a,\\ b            | {search_path=a, b}
          -c a=\\\\x                       | {a=\\x}
          -c a=x\\                         | {a=x}
          -c my.par=1                      | {my.par=1}
          -c =1                            | {=1}
          --                               | {}
          -e                               | {datestyle=euro}
          -eOs -c a=1                      | {datestyle=euro, allow_system_table_mods=true, log_statement_stats=true, a=1}
          -S 64 -S32                       | {work_mem=32}
          -fs -f h                         | {enable_seqscan=false, enable_hashjoin=false}
          -tpa -t pl -te                   | {log_parser_stats=true, log_planner_stats=true, log_executor_stats=true}
          -d 0                             | {log_min_messages=notice}
          -d3                              | {log_min_messages=debug3, log_statement=all, debug_print_parse=true}
          -B 9 -N9                         | {shared_buffers=9, max_connections=9}
          -b -n -T -E -j -D x -C y -r z -v 1 | {}
          """)
  void options(String options, String settings) {
    assertThat(ServerSwitches.parse(options)).hasToString(settings);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-c | -c",
        "-c a | -c a requires a value",
        "--a | --a requires a value",
        "--a-b -x | --a-b requires a value",
        "a=1 | a=1",
        "x -c a=1 y | x",
        "-- x | x",
        "- | -",
        "-x | -x",
        "-ex | -ex",
        "-fx | -fx",
        "-f x | x",
        "-t pz | pz",
        "-c a=1 -S | -S",
        "\\ | "
      })
  void optionsThatAreNone(String row) {
    String options = row.substring(0, row.indexOf(" | "));
    String told = row.substring(row.indexOf(" | ") + 3);
    String message =
        told.endsWith("requires a value")
            ? told
            : "invalid command-line argument for server process: " + told;
    assertThatThrownBy(() -> ServerSwitches.parse(options))
        .isInstanceOfSatisfying(
            ServerSwitches.Refused.class,
            e -> {
              assertThat(e.error().message()).isEqualTo(message);
              assertThat(e.error().code()).isEqualTo("42601");
            });
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          -, NONE
          false, NONE
          off, NONE
          of, NONE
          F, NONE
          no, NONE
          0, NONE
          true, PHYSICAL
          T, PHYSICAL
          yes, PHYSICAL
          on, PHYSICAL
          1, PHYSICAL
          database, LOGICAL
          Database, -
          o, -
          '', -
          2, -
          ' on', -
          truely, -
          """)
  void replication(String value, String kind) {
    assertThat(Replication.of(value).map(Enum::name).orElse(null)).isEqualTo(kind);
  }

  @Test
  void sorted() {
    Map<String, String> given = new LinkedHashMap<>();
    given.put("user", "app");
    given.put("options", "-c TimeZone=UTC -c a=1");
    given.put("timezone", "CET");
    given.put("_pq_.x", "1");
    given.put("replication", "database");
    given.put("Application_Name", "me");
    StartupOptions options = StartupOptions.of(given);
    assertThat(options.user()).isEqualTo("app");
    assertThat(options.database()).as("the user's name when missing").isEqualTo("app");
    assertThat(options.replication()).isEqualTo("database");
    assertThat(options.unknownProtocolOptions()).isEqualTo(List.of("_pq_.x"));
    assertThat(options.settings())
        .as("what is given directly wins")
        .isEqualTo(Map.of("timezone", "CET", "a", "1", "application_name", "me"));
    assertThat(options.passed())
        .as("what a WAL sender is told")
        .hasToString("{options=-c TimeZone=UTC -c a=1, timezone=CET, Application_Name=me}");
    assertThat(StartupOptions.of(Map.of("user", "")).user()).isNull();
  }

  /** Every length, with contents that are nearly right: a packet is read or refused, no more. */
  @Test
  void packetsOfEveryLength() {
    int[] codes = {3 << 16, 1234 << 16 | 5678, 1234 << 16 | 5679, 1234 << 16 | 5680, 2 << 16, 0};
    for (int length = 8; length < 400; length++) {
      for (int code : codes) {
        Random random = new Random(length * 31L + code);
        ByteBuf in = Unpooled.buffer(length).writeInt(length).writeInt(code);
        while (in.readableBytes() < length) {
          in.writeByte("user\0\0ab".charAt(random.nextInt(8)));
        }
        assertThat(StartupPacket.length(in)).isEqualTo(length);
        try {
          assertThat(StartupPacket.read(in)).isNotNull();
        } catch (ProtocolException e) {
          assertThat(e).hasMessageStartingWith("invalid");
        }
      }
    }
  }
}
