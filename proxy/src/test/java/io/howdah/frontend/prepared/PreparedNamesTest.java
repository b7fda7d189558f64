package io.howdah.frontend.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.statement.Binding;
import io.howdah.backend.statement.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PreparedNamesTest {
  private final Map<Binding, Integer> uses = new HashMap<>();
  private final PreparedNames names =
      new PreparedNames(
          new PreparedNames.Uses() {
            @Override
            public void begun(Binding binding) {
              uses.merge(binding, 1, Integer::sum);
            }

            @Override
            public void ended(Binding binding) {
              uses.computeIfPresent(binding, (_, n) -> n == 1 ? null : n - 1);
            }

            @Override
            public long seed() {
              return 7;
            }
          });

  private static Statement statement() {
    return new Statement(new byte[1], StatementFinder.UNSEEN, 0);
  }

  private static ByteBuf bytes(String name) {
    return Unpooled.copiedBuffer("??" + name + "\0", StandardCharsets.UTF_8);
  }

  private Binding get(String name) {
    ByteBuf in = bytes(name);
    return names.get(in, 2, in.writerIndex() - 1);
  }

  private byte[] put(String name, Statement statement) {
    ByteBuf in = bytes(name);
    return names.put(in, 2, in.writerIndex() - 1, statement);
  }

  /** Against a map; "Aa" and "BB" and their like have one hash. */
  @Test
  void likeAMap() {
    Random random = new Random(7);
    Map<String, Statement> model = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder key = new StringBuilder();
      for (int n = random.nextInt(4); n >= 0; n--) {
        key.append(random.nextBoolean() ? "Aa" : "BB");
      }
      String name = key.toString() + (random.nextInt(4) == 0 ? "ä" + random.nextInt(50) : "");
      assertThat(get(name)).isSameAs(model.get(name));
      byte[] raw = name.getBytes(StandardCharsets.UTF_8);
      if (random.nextInt(3) == 0) {
        names.remove(raw, statement());
        assertThat(get(name)).as("another's name stays").isSameAs(model.get(name));
        names.remove(raw, random.nextBoolean() ? model.remove(name) : null);
        model.remove(name);
      } else if (!model.containsKey(name)) {
        Statement statement = statement();
        assertThat(put(name, statement)).isEqualTo(raw);
        model.put(name, statement);
      }
      assertThat(names.size()).isEqualTo(model.size());
      assertThat(uses).hasSize(model.size());
      if (i % 5000 == 4999) {
        names.clear();
        model.clear();
      }
    }
  }

  /** The server looks at 63 bytes of a name. */
  @Test
  void longNames() {
    Statement statement = statement();
    put("n".repeat(70), statement);
    assertThat(get("n".repeat(63))).isSameAs(statement);
    assertThat(get("n".repeat(80))).isSameAs(statement);
    assertThat(get("n".repeat(62))).isNull();
  }

  @Test
  void setAndEnded() {
    Statement first = statement();
    Statement second = statement();
    byte[] name = put("s", first);
    names.set(name, second);
    assertThat(get("s")).isSameAs(second);
    assertThat(uses).containsOnlyKeys(second);
    names.end();
    put("s", second);
    assertThat(names.size()).isZero();
    assertThat(names.bytes()).isZero();
    assertThat(uses).isEmpty();
  }

  /** Whatever happens behind a mark, going back to it leaves what was there. */
  @Test
  void backToTheMark() {
    Random random = new Random(11);
    for (int round = 0; round < 2_000; round++) {
      names.clear();
      Map<String, Statement> before = new HashMap<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        Statement statement = statement();
        if (before.putIfAbsent("n" + i, statement) == null) {
          put("n" + i, statement);
        }
      }
      names.mark();
      for (int i = random.nextInt(8); i > 0; i--) {
        change(random);
      }
      names.rollback();
      assertThat(names.size()).isEqualTo(before.size());
      for (int i = 0; i < 6; i++) {
        assertThat(get("n" + i)).isSameAs(before.get("n" + i));
      }
    }
  }

  private void change(Random random) {
    String name = "n" + random.nextInt(6);
    byte[] raw = name.getBytes(StandardCharsets.UTF_8);
    Binding now = get(name);
    if (now == null) {
      put(name, statement());
    } else if (random.nextBoolean()) {
      names.remove(raw, now);
      if (random.nextBoolean()) {
        names.set(raw, now);
      }
    } else {
      names.set(raw, statement());
    }
  }
}
