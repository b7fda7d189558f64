package io.howdah.backend.wal;

import io.howdah.backend.login.Bytes;
import io.howdah.backend.login.FakeServer;
import io.howdah.topology.Lsn;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A replica that has replayed up to a place that moves.
 *
 * @see <a href="https://www.postgresql.org/docs/19/sql-wait-for.html">WAIT FOR</a>
 */
final class FakeReplica {
  private static final Pattern WAIT =
      Pattern.compile(
          "WAIT FOR LSN '([0-9A-F]+/[0-9A-F]+)' WITH \\(TIMEOUT '(\\d+)ms', NO_THROW\\)");

  private static final Pattern EXECUTE =
      Pattern.compile("EXECUTE howdah_replayed\\('([0-9A-F]+/[0-9A-F]+)', 0\\.\\d+\\)");

  final BlockingQueue<String> questions = new LinkedBlockingQueue<>();
  private final boolean waits;
  final FakeServer server;
  volatile Lsn replayed;
  private boolean declared;

  /**
   * @param waits whether it knows WAIT FOR LSN
   */
  FakeReplica(String version, boolean waits, String replayed) throws IOException {
    this.waits = waits;
    this.replayed = Lsn.parse(replayed);
    this.server = new FakeServer(version(version), this::answer);
  }

  private Bytes answer(String sql) {
    questions.add(sql);
    Matcher wait = WAIT.matcher(sql);
    if (wait.matches()) {
      if (!waits) {
        return Bytes.of().error("42601", "syntax error at or near \"WAIT\"").ready();
      }
      return row(replayed.compareTo(Lsn.parse(wait.group(1))) >= 0 ? "success" : slept("timeout"));
    }
    String question = sql;
    if (sql.startsWith(WalQuery.DECLARATIONS)) {
      declared = true;
      question = sql.substring(WalQuery.DECLARATIONS.length());
    }
    Matcher execute = EXECUTE.matcher(question);
    if (!declared || !execute.matches()) {
      return Bytes.of().error("26000", "no such statement: " + question).ready();
    }
    if (replayed.compareTo(Lsn.parse(execute.group(1))) < 0) {
      slept("");
    }
    return row("" + replayed);
  }

  private String slept(String answer) {
    try {
      Thread.sleep(3);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return answer;
  }

  private static Bytes row(String value) {
    return Bytes.of().row(value).message('C', Bytes.of().string("SELECT 1")).ready();
  }

  private static Bytes version(String version) {
    return Bytes.of()
        .auth(0)
        .parameter("server_version", version)
        .key(7, (byte) 1, (byte) 2, (byte) 3, (byte) 4)
        .ready();
  }
}
