package io.howdah.e2e.hunt;

import io.howdah.admin.Snapshot;
import io.howdah.config.AuthType;
import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Fewer;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Has a client say something through Howdah and a twin say the same to PostgreSQL, in a database of
 * its own; then the client must have what its twin has, and whoever gets its server connection next
 * must have nothing of it.
 */
final class Hunt implements AutoCloseable {
  private static final String DIRECT = "hunt_direct";
  private static final String THROUGH = "hunt_through";
  private static final long SHRINKING_NANOS = 60_000_000_000L;

  private final Servers servers = Servers.shared();
  private final Supplier<HowdahSpec> spec;
  private final Picture fresh;
  private Howdah howdah;

  /** PostgreSQL's own client; as good as new before each batch. */
  private Wire twin;

  /** Another client of Howdah's, which says nothing and looks. */
  private Wire other;

  Hunt(Supplier<HowdahSpec> spec) throws IOException {
    this.spec = spec;
    try (Wire wire = login(servers.primary(), DIRECT)) {
      this.fresh = Picture.of(wire);
    }
    this.twin = login(servers.primary(), DIRECT);
    start();
  }

  private void start() throws IOException {
    howdah = spec.get().auth(AuthType.TRUST).start();
    other = login(howdah.address(), THROUGH);
  }

  private void renewTwin() throws IOException {
    try {
      twin.query("DISCARD ALL");
    } catch (EOFException e) {
      twin.close();
      twin = login(servers.primary(), DIRECT);
    }
  }

  /** Makes both databases, with what the routes need. */
  static void prepare(Servers servers) {
    servers.prepare("DROP ROLE IF EXISTS hunted", "CREATE ROLE hunted", "GRANT hunted TO app");
    for (String database : List.of(DIRECT, THROUGH)) {
      servers.prepare(
          "DROP DATABASE IF EXISTS " + database + " WITH (FORCE)",
          "CREATE DATABASE " + database + " OWNER app");
      try (Db db =
          Db.open(servers.primary(), database, Servers.SUPERUSER, servers.superuserPassword())) {
        db.run(Routes.OBJECTS);
      }
    }
    servers.awaitReplay();
  }

  /** What is wrong behind these steps, with as few of them as show it; empty if nothing is. */
  String complaint(List<Step> steps) throws IOException {
    String first = difference(steps);
    if (first.isEmpty()) {
      return "";
    }
    List<Step> few = new Fewer<Step>(this::differs, System.nanoTime() + SHRINKING_NANOS).of(steps);
    String last = difference(few);
    return "%s%n%s%n"
        .formatted(
            last.isEmpty() ? first + "\n(not every time)" : last,
            String.join("\n", few.stream().map(Step::toString).toList()));
  }

  private boolean differs(List<Step> steps) {
    try {
      return !difference(steps).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong behind these steps; empty if nothing is. */
  String difference(List<Step> steps) throws IOException {
    String difference;
    renewTwin();
    try (Wire client = login(howdah.address(), THROUGH)) {
      List<String> expected = say(twin, steps);
      List<String> heard = say(client, steps);
      difference = firstDifference(heard, expected);
      if (difference.isEmpty()) {
        difference = told("the client", Picture.of(client), Picture.of(twin));
      }
      if (difference.isEmpty() && !isPinned()) {
        difference = lookOfAnother("another client beside it");
      }
    }
    if (difference.isEmpty()) {
      difference = lookOfAnother("the next client");
    }
    if (!difference.isEmpty()) {
      other.close();
      howdah.leaksAreMeant().close();
      start();
    }
    return difference;
  }

  private String lookOfAnother(String who) throws IOException {
    return told(who, Picture.of(other), fresh);
  }

  private static String told(String who, Picture actual, Picture expected) {
    String difference = actual.differenceFrom(expected);
    return difference.isEmpty() ? "" : who + " has\n" + difference;
  }

  private static Wire login(HostPort at, String database) throws IOException {
    return Wire.login(at, Map.of("database", database));
  }

  private boolean isPinned() {
    Snapshot now = howdah.proxy().snapshot().toCompletableFuture().join();
    return now.clients().stream().anyMatch(each -> each.pin() != null);
  }

  /** Says all, and ends whatever transaction is open then. What was heard, one line an answer. */
  private static List<String> say(Wire wire, List<Step> steps) throws IOException {
    List<Step> all = new ArrayList<>(steps);
    all.add(new Step("ROLLBACK", List.of(), false, true));
    List<String> heard = new ArrayList<>();
    List<byte[]> unsent = new ArrayList<>();
    int owed = 0;
    for (Step each : all) {
      unsent.addAll(List.of(each.messages()));
      owed++;
      if (each.waits()) {
        wire.send(unsent.toArray(byte[][]::new));
        unsent.clear();
        for (; owed > 0; owed--) {
          heard.add(each + " -> " + answer(wire));
        }
      }
    }
    return heard;
  }

  private static String answer(Wire wire) throws IOException {
    StringBuilder answer = new StringBuilder();
    try {
      while (true) {
        Message each = wire.read();
        switch (each.type()) {
          case 'C', 'Z' ->
              answer.append(' ').append(new String(each.body(), StandardCharsets.UTF_8).trim());
          case 'D' -> answer.append(' ').append(each.row());
          case 'E' -> answer.append(' ').append(each.sqlstate());
          default -> {}
        }
        if (each.type() == 'Z') {
          return answer.toString();
        }
      }
    } catch (EOFException e) {
      return answer + " (closed)";
    }
  }

  private static String firstDifference(List<String> actual, List<String> expected) {
    for (int i = 0; i < expected.size(); i++) {
      if (!actual.get(i).equals(expected.get(i))) {
        return "answer %d differs%n  direct:  %s%n  through: %s"
            .formatted(i, expected.get(i), actual.get(i));
      }
    }
    return "";
  }

  @Override
  public void close() throws IOException {
    twin.close();
    other.close();
    howdah.close();
  }
}
