package io.howdah.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.CRC32;

/** The demo's cluster with its sample data, kept in a folder between runs. */
final class DemoCluster {
  static final String DATABASE = "demo";
  static final String USER = "demo";
  static final String PASSWORD = "demo";
  static final String PROBE_USER = "probe";
  static final String PROBE_PASSWORD = "probe";
  private static final int REPLICAS = 2;

  private DemoCluster() {}

  /** Starts what {@code folder} holds, or makes it anew where that is missing, old or broken. */
  static Cluster start(Path folder, Progress progress) throws IOException {
    Path filled = folder.resolve("filled");
    String sampleData = sampleData();
    boolean upToDate =
        Files.exists(filled) && Files.readString(filled).equals(checksum(sampleData));
    Cluster cluster = upToDate ? found(folder, progress) : null;
    if (cluster == null) {
      cluster = fresh(folder, progress);
    }
    if (cluster.isNew()) {
      fill(cluster, sampleData, progress);
      Files.writeString(filled, checksum(sampleData));
    }
    return cluster;
  }

  /** The cluster of an earlier run; null where it is of no use. */
  private static Cluster found(Path folder, Progress progress) {
    try {
      return Cluster.start(spec(folder), progress);
    } catch (BrokenCluster e) {
      progress.say(
          "making the demo's data anew, because the old cannot be used: " + e.getMessage());
      return null;
    }
  }

  private static Cluster fresh(Path folder, Progress progress) throws IOException {
    Files.deleteIfExists(folder.resolve("filled"));
    ClusterFolder.remove(data(folder), progress);
    return Cluster.start(spec(folder), progress);
  }

  private static ClusterSpec spec(Path folder) {
    return ClusterSpec.ofReplicas(REPLICAS).withDirectory(data(folder));
  }

  private static Path data(Path folder) {
    return folder.resolve("cluster");
  }

  private static void fill(Cluster cluster, String sampleData, Progress progress) {
    progress.say("filling database " + DATABASE + " …");
    cluster.createRole(PROBE_USER, PROBE_PASSWORD);
    cluster.createRole(USER, PASSWORD);
    cluster.createDatabase(DATABASE, USER);
    Postgres primary = cluster.primary();
    primary.execute("GRANT pg_monitor TO " + PROBE_USER);
    try (Connection connection = primary.connect(DATABASE, USER, PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute(sampleData);
    } catch (SQLException e) {
      throw new LabException("cannot fill database " + DATABASE + ": " + e.getMessage(), e);
    }
    cluster.awaitReplay();
  }

  private static String sampleData() throws IOException {
    try (InputStream in = DemoCluster.class.getResourceAsStream("demo.sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
