package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Frozen;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.OwnCluster;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import io.howdah.lab.StopMode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Servers that are gone or do not answer any more, for longer than every timeout: whatever clients
 * ask for, each hears an answer or an error.
 */
class NobodyWaitsTest {
  private static final String READ = "SELECT count(*) FROM kept";
  private static final String WRITE = "INSERT INTO kept VALUES (1)";

  /** What a client sends, and the messages one of which it must hear. */
  private record Request(String heard, byte[]... messages) {}

  /** How Howdah is set up. */
  private enum Way {
    TRANSACTION,
    LAZY_BEGIN,
    SESSION
  }

  /** An error of which neither the loss of a server nor the wait for one is the reason. */
  private static final Pattern OTHER =
      Pattern.compile("(?!57P03|57P01|57P05|57014|08)[0-9A-Z]{5}E");

  private static OwnCluster own;
  private static Cluster cluster;

  @BeforeAll
  static void startCluster() {
    own =
        OwnCluster.start(
            ClusterSpec.ofReplicas(1), "CREATE TABLE kept (id int)", "GRANT ALL ON kept TO app");
    cluster = own.cluster();
  }

  @AfterAll
  static void stopCluster() {
    if (own != null) {
      own.close();
    }
  }

  private static Map<String, Request> requests() {
    Map<String, Request> all = new LinkedHashMap<>();
    for (String sql : List.of(READ, WRITE)) {
      String kind = sql.substring(0, 6);
      all.put(kind + " simple", new Request("Z", Send.query(sql)));
      all.put(
          kind + " prepared",
          new Request("Z", Send.parse("", sql), Send.describeStatement(""), Send.sync()));
      all.put(
          kind + " run",
          new Request(
              "Z", Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync()));
      all.put(
          kind + " known", new Request("Z", Send.bind("", kind), Send.execute("", 0), Send.sync()));
      all.put(
          kind + " flushed",
          new Request("1E", Send.parse("", sql), Send.describeStatement(""), Send.flush()));
      all.put(
          kind + " known, flushed",
          new Request("2E", Send.bind("", kind), Send.execute("", 0), Send.flush()));
      all.put(
          kind + " in two batches",
          new Request(
              "Z",
              Send.parse("", sql),
              Send.describeStatement(""),
              Send.sync(),
              Send.parse("", sql),
              Send.sync()));
      all.put(kind + " in EXECUTE", new Request("Z", Send.query("EXECUTE " + kind + "_sql")));
      all.put(kind + " behind BEGIN", new Request("ZZ", Send.query("BEGIN"), Send.query(sql)));
      all.put(
          kind + " behind BEGIN READ ONLY",
          new Request("ZZ", Send.query("BEGIN READ ONLY"), Send.query(sql)));
    }
    all.put("Close", new Request("Z", Send.closeStatement("SELECT"), Send.sync()));
    all.put("FunctionCall", new Request("Z", Send.functionCall(1598)));
    all.put("Sync", new Request("Z", Send.sync()));
    all.put("LISTEN", new Request("Z", Send.query("LISTEN news")));
    all.put("UNLISTEN", new Request("Z", Send.query("UNLISTEN *")));
    all.put("SET", new Request("Z", Send.query("SET search_path = public")));
    all.put("SET howdah", new Request("Z", Send.query("SET howdah.route = 'replica'")));
    all.put("SHOW howdah.lsn", new Request("Z", Send.query("SHOW howdah.lsn")));
    all.put("COPY", new Request("GZ", Send.query("COPY kept FROM STDIN")));
    all.put("DISCARD ALL", new Request("Z", Send.query("DISCARD ALL")));
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "primary, stopped",
    "replica, stopped",
    "all, stopped",
    "primary, frozen",
    "replica, frozen",
    "all, frozen"
  })
  void everyRequestIsAnswered(String which, String how) throws Exception {
    List<Postgres> gone =
        switch (which) {
          case "primary" -> cluster.nodes().subList(0, 1);
          case "replica" -> cluster.nodes().subList(1, 2);
          default -> cluster.nodes();
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Way way : Way.values()) {
        HowdahSpec spec =
            own.howdah()
                .mode(way == Way.SESSION ? PoolMode.SESSION : PoolMode.TRANSACTION)
                .lazyBegin(way == Way.LAZY_BEGIN)
                .furtherPorts()
                .poolSize(100)
                .timeouts(
                    t -> {
                      t.queryWait = Duration.ofSeconds(1);
                      t.query = Duration.ofSeconds(2);
                      t.transaction = Duration.ofSeconds(5);
                      t.serverConnect = Duration.ofSeconds(1);
                      t.serverLogin = Duration.ofSeconds(1);
                      t.clientLogin = Duration.ofSeconds(5);
                    });
        List<AutoCloseable> back = new ArrayList<>();
        try (Howdah howdah = spec.start()) {
          howdah.leaksAreMeant();
          Runnable trouble = () -> gone.forEach(each -> back.add(go(each, how)));
          ask(howdah, way, trouble, which.equals("all"), threads);
        } finally {
          for (AutoCloseable each : back) {
            each.close();
          }
        }
      }
    }
  }

  /**
   * @param ofAll whether the trouble leaves no node
   */
  private static void ask(
      Howdah howdah, Way way, Runnable trouble, boolean ofAll, ExecutorService threads)
      throws Exception {
    Map<String, CompletableFuture<String>> answers = new LinkedHashMap<>();
    Map<String, Wire> clients = new LinkedHashMap<>();
    HostPort readOnly = howdah.address(Purpose.READ_ONLY);
    try {
      for (String name : requests().keySet()) {
        clients.put(name, session(howdah.address(), Map.of()));
        clients.put(
            name + ", with settings",
            session(howdah.address(), Map.of("application_name", name + "!")));
        if (way != Way.SESSION) {
          clients.put(
              name + ", led",
              session(howdah.address(), Map.of("options", "-c howdah.route=replica")));
          clients.put(name + ", read-only", session(readOnly, Map.of()));
        }
      }
      trouble.run();
      // Before anybody notices, and once everybody has.
      ask(clients, ", with settings", answers, threads);
      awaitGone(howdah);
      ask(clients, "", answers, threads);
      if (way != Way.SESSION) {
        ask(clients, ", led", answers, threads);
        ask(clients, ", read-only", answers, threads);
      }
      answers.put(
          "login", CompletableFuture.supplyAsync(() -> login(howdah.address(), Map.of()), threads));
      answers.put(
          "login, read-only",
          CompletableFuture.supplyAsync(() -> login(readOnly, Map.of()), threads));
      answers.put(
          "login with other settings",
          CompletableFuture.supplyAsync(
              () -> login(howdah.address(), Map.of("options", "-c work_mem=5MB")), threads));
      answers.put("cancel", CompletableFuture.supplyAsync(() -> cancel(howdah), threads));
      List<String> silent = new ArrayList<>();
      List<String> other = new ArrayList<>();
      for (Map.Entry<String, CompletableFuture<String>> each : answers.entrySet()) {
        String answer = each.getValue().get();
        if (answer.startsWith("nothing")) {
          silent.add(each.getKey() + ": " + answer);
        }
        if (OTHER.matcher(answer).find()) {
          other.add(each.getKey() + ": " + answer);
        }
      }
      if (ofAll) {
        assertThat(other).as("errors that no server made").isEmpty();
      }
      assertThat(silent).as("requests that nobody answered").isEmpty();
    } finally {
      for (Wire each : clients.values()) {
        each.vanish();
      }
    }
  }

  private static void ask(
      Map<String, Wire> clients,
      String suffix,
      Map<String, CompletableFuture<String>> answers,
      ExecutorService threads) {
    requests()
        .forEach(
            (name, request) ->
                answers.put(
                    name + suffix,
                    CompletableFuture.supplyAsync(
                        () -> answer(clients.get(name + suffix), request), threads)));
  }

  /** A session that has prepared, written and set something. */
  private static Wire session(HostPort at, Map<String, String> more) throws IOException {
    Wire wire = Wire.login(at, more);
    for (String sql : List.of(READ, WRITE)) {
      String kind = sql.substring(0, 6);
      wire.send(Send.parse(kind, sql), Send.sync());
      wire.ready();
      wire.query("PREPARE " + kind + "_sql AS " + sql);
    }
    wire.query(WRITE);
    if (!more.isEmpty()) {
      wire.query("SET work_mem = '7MB'");
    }
    return wire;
  }

  private static String answer(Wire wire, Request request) {
    StringBuilder heard = new StringBuilder();
    try {
      wire.send(request.messages());
      String wanted = request.heard();
      while (true) {
        Message each = wire.read();
        if (each == null) {
          return heard + " end";
        }
        heard.append(each.type() == 'E' ? each.sqlstate() + "E" : "" + each.type());
        if (each.type() == 'E' && "FATAL".equals(each.field('V'))) {
          return heard.toString();
        }
        if (isEnough(heard, wanted)) {
          return heard.toString();
        }
      }
    } catch (java.net.SocketTimeoutException e) {
      return "nothing, but " + heard;
    } catch (IOException e) {
      return heard + " end";
    }
  }

  private static boolean isEnough(StringBuilder heard, String wanted) {
    if (wanted.equals("ZZ")) {
      return heard.chars().filter(c -> c == 'Z').count() == 2;
    }
    return wanted.indexOf(heard.charAt(heard.length() - 1)) >= 0;
  }

  private static String login(HostPort at, Map<String, String> more) {
    try (Wire wire = Wire.login(at, more)) {
      return "in " + wire.greeting().size();
    } catch (java.net.SocketTimeoutException e) {
      return "nothing";
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** A request is cancelled while it waits. */
  private static String cancel(Howdah howdah) {
    try (Wire wire = howdah.wire()) {
      wire.send(Send.query(WRITE));
      wire.cancel(howdah.address());
      return "" + wire.readyOrEnd();
    } catch (java.net.SocketTimeoutException e) {
      return "nothing";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void awaitGone(Howdah howdah) {
    Await.until(
        () -> howdah.proxy().status().toCompletableFuture().join().clusters().getFirst(),
        cluster ->
            assertThat(cluster.primaryReachable() && cluster.replicasUsable() > 0).isFalse());
  }

  /** What brings it back. */
  private static AutoCloseable go(Postgres node, String how) {
    if (how.equals("stopped")) {
      node.stop(StopMode.IMMEDIATE);
      return node::start;
    }
    return Frozen.tree(node.pid());
  }
}
