package io.howdah.backend.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.catalog.CatalogReading.Seen;
import io.howdah.backend.login.Bytes;
import io.howdah.backend.login.Inquiry;
import io.howdah.backend.login.ServerGreeting;
import io.howdah.route.function.Catalog;
import io.howdah.telemetry.Telemetry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked for a catalog, and what becomes of the answers. */
class CatalogReadingTest {
  private static final String SETS = "SELECT set_config('app.x', 'y', false)";

  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
  private final List<Seen> seen = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private EmbeddedChannel channel;

  @BeforeEach
  void open() {
    channel = new EmbeddedChannel();
    channel.config().setAllocator(memory);
  }

  @AfterEach
  void nothingStaysBehind() {
    channel.finishAndReleaseAll();
    assertThat(memory.metric().usedHeapMemory()).as("bytes leaked").isZero();
  }

  private void begin(String version, Seen before) {
    ServerGreeting greeting =
        new ServerGreeting(channel, Map.of("server_version", version), 0, new byte[0], 0);
    new CatalogReading(
            Inquiry.on(channel, Telemetry.NONE),
            Duration.ofSeconds(1),
            greeting.majorVersion(),
            before,
            seen::add,
            problems::add)
        .begin();
    assertThat(asked()).isEqualTo(CatalogQuery.DIGEST);
  }

  /** A reading that finds the functions changed. */
  private void begin(String version) {
    begin(version, seen.isEmpty() ? Seen.NOTHING : seen.getLast());
    answer(new String[][] {{"digest " + seen.size()}});
    assertThat(asked()).isEqualTo(CatalogQuery.SQL);
  }

  private Catalog catalog() {
    return seen.getLast().catalog();
  }

  private static String[] listed(String oid, String version, String name, String language) {
    return new String[] {oid, version, "public", name, "v", "f", "f", language, null, null, "100"};
  }

  private String asked() {
    ByteBuf out = channel.readOutbound();
    String text = out.toString(5, out.readableBytes() - 6, StandardCharsets.US_ASCII);
    out.release();
    return text;
  }

  private void answer(String[]... rows) {
    Bytes bytes = Bytes.of().message('T', Bytes.of().int16(0));
    for (String[] row : rows) {
      bytes.row(row);
    }
    byte[] all = bytes.message('C', Bytes.of().string("SELECT")).ready().array();
    channel.writeInbound(memory.buffer().writeBytes(all));
  }

  @Test
  void readsBodiesAndWhatDependsOnThem() {
    begin("18.3");
    answer(
        listed("20001", "5", "login", "sql"),
        listed("20002", "6", "nothing", "plpgsql"),
        listed("20003", "7", "other", "plperl"));
    assertThat(asked())
        .isEqualTo(
            "SELECT oid, coalesce(pg_get_function_sqlbody(oid), prosrc) FROM pg_proc"
                + " WHERE oid IN (20001,20002)");
    answer(new String[] {"20001", SETS}, new String[] {"20002", "BEGIN NULL; END"});
    assertThat(asked()).isEqualTo(CatalogQuery.DEPENDENCES);
    answer(new String[] {"pg_trigger", null, "20002"});
    assertThat(problems).isEmpty();
    assertThat(seen).hasSize(1);
    assertThat(catalog().parameters()).containsExactly("app.x");
    assertThat(catalog().why("login")).isEqualTo("set_config of app.x");
    assertThat(catalog().why("nothing")).isNull();
    assertThat(catalog().why("other")).isEqualTo("its language is plperl");
    assertThat(seen.getLast().known()).containsOnlyKeys("20001", "20002");
  }

  @Test
  void asksAgainOnlyForWhatHasChanged() {
    begin("13.9");
    answer(listed("20001", "5", "a", "sql"), listed("20002", "6", "b", "sql"));
    assertThat(asked()).isEqualTo("SELECT oid, prosrc FROM pg_proc WHERE oid IN (20001,20002)");
    answer(new String[] {"20001", SETS}, new String[] {"20002", SETS});
    asked();
    answer();
    channel.finishAndReleaseAll();
    open();
    begin("18.3");
    answer(listed("20001", "5", "a", "sql"), listed("20002", "9", "b", "sql"));
    assertThat(asked()).endsWith("IN (20002)");
    answer(new String[] {"20002", "SELECT 1"});
    asked();
    answer();
    assertThat(catalog().why("a")).isNotNull();
    assertThat(catalog().why("b")).isNull();
    assertThat(seen.getLast().known()).containsOnlyKeys("20001", "20002");
  }

  @Test
  void whatHasNotChangedIsNotListedAgain() {
    begin("18.3");
    answer(new String[][] {listed("20001", "5", "a", "sql")});
    asked();
    answer(new String[][] {{"20001", SETS}});
    asked();
    answer();
    Catalog first = catalog();
    for (boolean fires : new boolean[] {false, true}) {
      channel.finishAndReleaseAll();
      open();
      begin("18.3", seen.getLast());
      answer(new String[][] {{"digest 0"}});
      assertThat(asked()).isEqualTo(CatalogQuery.DEPENDENCES);
      answer(fires ? new String[][] {{"pg_trigger", null, "20001"}} : new String[0][]);
      if (fires) {
        assertThat(catalog().isAs(first)).isFalse();
        assertThat(catalog().why("a")).isNotNull();
      } else {
        assertThat(catalog()).isSameAs(first);
      }
    }
  }

  @Test
  void asksForAFewAtATime() {
    begin("18.3");
    answer(
        IntStream.range(0, 450)
            .mapToObj(i -> listed("" + (20000 + i), "1", "f" + i, "sql"))
            .toArray(String[][]::new));
    int questions = 0;
    for (String text = asked(); !text.equals(CatalogQuery.DEPENDENCES); text = asked()) {
      assertThat(text.split(",")).hasSizeLessThanOrEqualTo(102);
      questions++;
      answer();
    }
    assertThat(questions).isEqualTo(5);
    answer();
    assertThat(catalog().why("f7")).as("dropped meanwhile").isEqualTo("its body was not read");
  }

  @Test
  void aBodyThatIsTooLongIsNotAskedFor() {
    begin("18.3");
    String[] huge = listed("20001", "1", "huge", "plpgsql");
    huge[10] = "300000";
    answer(new String[][] {huge});
    assertThat(asked()).isEqualTo(CatalogQuery.DEPENDENCES);
    answer();
    assertThat(catalog().why("huge")).isEqualTo("its body was not read");
  }

  @Test
  void anAnswerOfAnotherFormIsAProblem() {
    begin("18.3");
    answer(new String[][] {{"1", "2"}});
    assertThat(problems).containsExactly("the catalog's answer has another form");
    assertThat(seen).isEmpty();
  }
}
