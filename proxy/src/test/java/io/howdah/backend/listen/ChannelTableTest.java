package io.howdah.backend.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Scripts: {@code +a1} subscriber 1 asks for channel a, {@code -a1} leaves it, {@code ?} what is to
 * be sent, {@code ok} and {@code err} the server's answer, {@code lost} the connection. Behind the
 * arrow, what comes of it: {@code L} and {@code U} for LISTEN and UNLISTEN, {@code c} for
 * confirmed, {@code i} for interrupted, {@code r} for refused, {@code giveup}.
 */
class ChannelTableTest {
  private final ChannelTable<String> table = new ChannelTable<>();
  private final List<String> said = new ArrayList<>();

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      textBlock =
          """
          +a1 ? ok                       > La c:a1
          +a1 +a2 +b1 ? ok               > LaLb c:a1 c:a2 c:b1
          +a1 ? +a2 ok ?                 > La c:a1 c:a2
          +a1 ? ok +a2 ?                 > La c:a1 c:a2
          +a1 ? +b2 ? ok ? ok            > La c:a1 Lb c:b2
          +a1 ? ok -a1 ? ok ?            > La c:a1 Ua
          +a1 +a2 ? ok -a1 ?             > La c:a1 c:a2
          +a1 ? -a1 ok ? ok ?            > La Ua
          +a1 -a1 ?                      >
          +a1 ? ok -a1 +a1 ?             > La c:a1 c:a1
          +a1 ? ok -a1 ? +a2 ok ? ok     > La c:a1 Ua La c:a2
          +a1 ? ok -a1 ? +a2 -a2 ok ?    > La c:a1 Ua
          +a1 ? ok -a1 +b1 ? ok          > La c:a1 LbUa c:b1
          -a1 ?                          >
          +a1 ? ok lost ? ok             > La c:a1 La i:a1
          +a1 ? lost ? ok                > La La c:a1
          +a1 ? ok lost +a2 ? ok         > La c:a1 La i:a1 c:a2
          +a1 ? ok lost -a1 ?            > La c:a1
          +a1 ? ok lost ? lost ? ok      > La c:a1 La La i:a1
          +a1 ? ok -a1 ? lost ?          > La c:a1 Ua
          +a1 ? err ?                    > La r:a1
          +a1 +b1 ? err ? err ? ok       > LaLb La r:a1 Lb c:b1
          +a1 +b1 ? err ? ok ? ok        > LaLb La c:a1 Lb c:b1
          +a1 ? err +a2 ? ok             > La r:a1 La c:a2
          +a1 ? ok -a1 ? err             > La c:a1 Ua giveup
          +a1 ? ok lost ? err            > La c:a1 La giveup
          """)
  void script(String script, String expected) {
    for (String step : script.strip().split(" ")) {
      run(step);
    }
    assertThat(String.join(" ", said)).isEqualTo(expected == null ? "" : expected);
  }

  private void run(String step) {
    switch (step) {
      case "?" -> {
        String sql = table.next();
        if (sql != null) {
          said.add(sql.replace("UNLISTEN ", "U").replace("LISTEN ", "L").replaceAll("[\";]", ""));
        }
      }
      case "ok" -> {
        ChannelTable.Outcome<String> outcome = table.answered();
        outcome.interrupted().forEach(each -> said.add("i:" + each));
        outcome.confirmed().forEach(each -> said.add("c:" + each));
      }
      case "err" -> {
        List<String> out = table.refused();
        if (out == null) {
          said.add("giveup");
        } else {
          out.forEach(each -> said.add("r:" + each));
        }
      }
      case "lost" -> table.lost();
      default -> {
        String channel = step.substring(1, 2);
        String who = step.substring(1);
        if (step.charAt(0) == '-') {
          table.remove(channel, who);
        } else if (table.add(channel, who)) {
          said.add("c:" + who);
        }
      }
    }
  }

  @Test
  void namesCannotBreakOut() {
    table.add("a\"; DROP TABLE x; --", "1");
    assertThat(table.next()).isEqualTo("LISTEN \"a\"\"; DROP TABLE x; --\";");
  }

  /** Whatever comes in whatever order: who is confirmed is listened for, at the server. */
  @Test
  void theConfirmedAreAlwaysHeard() {
    Random random = new Random(20_260_801);
    Set<String> server = new TreeSet<>();
    Set<String> wanted = new TreeSet<>();
    Set<String> confirmed = new TreeSet<>();
    String asked = null;
    boolean failed = false;
    for (int i = 0; i < 200_000; i++) {
      String who = "abc".charAt(random.nextInt(3)) + "" + random.nextInt(4);
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> {
          wanted.add(who);
          if (table.add(who.substring(0, 1), who)) {
            confirmed.add(who);
          }
        }
        case 3, 4, 5, 6 -> {
          wanted.remove(who);
          confirmed.remove(who);
          table.remove(who.substring(0, 1), who);
        }
        case 7, 8, 9 -> {
          if (asked == null) {
            asked = table.next();
            failed = false;
          }
        }
        case 10 -> {
          if (asked != null) {
            apply(asked, server);
            asked = null;
            ChannelTable.Outcome<String> outcome = table.answered();
            confirmed.addAll(outcome.confirmed());
            confirmed.addAll(outcome.interrupted());
          }
        }
        default -> {
          if (random.nextInt(50) == 0) {
            server.clear();
            confirmed.clear();
            asked = null;
            failed = true;
            table.lost();
          }
        }
      }
      assertThat(wanted).containsAll(confirmed);
      assertThat(table.subscriptions()).isEqualTo(wanted.size());
      if (asked == null && !failed) {
        for (String each : confirmed) {
          assertThat(server).contains(each.substring(0, 1));
        }
      }
    }
  }

  private static void apply(String sql, Set<String> server) {
    for (String each : sql.split(";")) {
      String name = each.substring(each.indexOf('"') + 1, each.length() - 1);
      if (each.startsWith("LISTEN")) {
        server.add(name);
      } else {
        server.remove(name);
      }
    }
  }
}
