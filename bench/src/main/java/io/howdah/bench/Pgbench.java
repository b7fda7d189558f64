package io.howdah.bench;

import io.howdah.lab.Companion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs pgbench. */
final class Pgbench {
  private static final Pattern TRANSACTIONS =
      Pattern.compile("number of transactions actually processed: (\\d+)");
  private static final Pattern FAILED = Pattern.compile("number of failed transactions: (\\d+)");
  private static final Pattern LATENCY = Pattern.compile("latency average = ([\\d.]+) ms");
  private static final Pattern TPS = Pattern.compile("tps = ([\\d.]+)");
  private static final int LATENCY_FIELD = 2;

  private final Workload workload;
  private final int clients;
  private final String password;
  private final String user;

  Pgbench(Workload workload, int clients, String user, String password) {
    this.workload = workload;
    this.clients = clients;
    this.user = user;
    this.password = password;
  }

  /**
   * What one turn showed. Latencies in microseconds; p50 and p99 of a tenth of the transactions,
   * picked at random.
   */
  record Turn(long transactions, double perSecond, double mean, double p50, double p99) {}

  /** Fills a database with pgbench's tables. */
  void fill(int port, String database, int scale) throws IOException {
    run(
        List.of(
            "pgbench",
            "-i",
            "-q",
            "-s",
            Integer.toString(scale),
            "-h",
            "127.0.0.1",
            "-p",
            Integer.toString(port),
            "-U",
            user,
            database));
  }

  /**
   * Runs one turn.
   *
   * @throws IOException with what pgbench said if it failed, or if a transaction did
   */
  Turn turn(int port, String database, String protocol, int seconds) throws IOException {
    Path folder = Companion.newFolder("howdah-pgbench-");
    try {
      List<String> command = new ArrayList<>(List.of("pgbench", "-n", "-M", protocol));
      command.addAll(workload.flags());
      command.addAll(List.of("-c", Integer.toString(clients), "-j", "2"));
      command.addAll(List.of("-T", Integer.toString(seconds), "-l", "--sampling-rate=0.1"));
      command.add("--log-prefix=" + folder.resolve("transactions"));
      command.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(port), "-U", user));
      command.add(database);
      String output = run(command);
      if (!find(FAILED, output).equals("0")) {
        throw new IOException("transactions failed:\n" + output);
      }
      double[] latencies = latencies(folder);
      return new Turn(
          Long.parseLong(find(TRANSACTIONS, output)),
          Double.parseDouble(find(TPS, output)),
          1000 * Double.parseDouble(find(LATENCY, output)),
          Figures.percentile(latencies, 50),
          Figures.percentile(latencies, 99));
    } finally {
      Companion.deleteFolder(folder);
    }
  }

  private String run(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("PGPASSWORD", password);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + " failed:\n" + output);
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return output;
  }

  private static double[] latencies(Path folder) throws IOException {
    List<Double> all = new ArrayList<>();
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder)) {
      for (Path log : logs) {
        for (String line : Files.readAllLines(log)) {
          all.add(Double.valueOf(line.split(" ")[LATENCY_FIELD]));
        }
      }
    }
    double[] sorted = all.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  private static String find(Pattern pattern, String output) throws IOException {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new IOException("pgbench did not say " + pattern + " but:\n" + output);
    }
    return matcher.group(1);
  }
}
