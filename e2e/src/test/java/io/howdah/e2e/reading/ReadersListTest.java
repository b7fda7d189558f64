package io.howdah.e2e.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Servers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who reads the files of the reader's list has read all through which a query passes. */
class ReadersListTest {
  /** No query's way may become longer. */
  private static final int MOST_FILES = 15;

  private static final Pattern FILE = Pattern.compile("\\[`(\\w+)`\\]");

  private static List<String> printed;

  @BeforeAll
  static void record(@TempDir Path folder) throws IOException, InterruptedException {
    for (Moment each : Moment.values()) {
      each.writeTo(folder);
    }
    Servers servers = Servers.shared();
    servers.prepare(
        "CREATE TABLE misrouted (i int)",
        "CREATE FUNCTION misrouted_insert(i int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS"
            + " $$BEGIN INSERT INTO public.misrouted VALUES (i); RETURN i; END$$",
        "CREATE FUNCTION misrouted_write(i int) RETURNS int STABLE LANGUAGE plpgsql SECURITY DEFINER"
            + " AS $$BEGIN PERFORM public.misrouted_insert(i); RETURN i; END$$");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(folder + File.pathSeparator + System.getProperty("java.class.path"));
    command.add(RecordedQueries.class.getName());
    command.add(servers.superuserPassword());
    command.add(servers.primary().toString());
    for (HostPort replica : servers.replicas()) {
      command.add(replica.toString());
    }
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
    printed = Files.readAllLines(output);
    assertThat(process.exitValue()).as(String.join("\n", printed)).isZero();
  }

  private static Set<String> recorded(String query) {
    Set<String> files = new LinkedHashSet<>();
    for (String line : printed) {
      if (line.startsWith(query + " ")) {
        files.add(line.substring(query.length() + 1));
      }
    }
    assertThat(files)
        .as(String.join("\n", printed))
        .contains("ClientSession", "ReplyLedger", "Pool");
    return files;
  }

  /** What the page's paragraph that begins so lists. */
  private static Set<String> listed(String beginning) throws IOException {
    String page = Files.readString(page());
    int from = page.indexOf("\n" + beginning);
    assertThat(from).as(beginning).isNotNegative();
    int to = page.indexOf("\n\n", from + 1);
    Set<String> files = new LinkedHashSet<>();
    Matcher file = FILE.matcher(page.substring(from, to));
    while (file.find()) {
      files.add(file.group(1));
    }
    return files;
  }

  private static Path page() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("Makefile"))) {
      folder = folder.getParent();
    }
    return folder.resolve("docs/architecture/one-query.md");
  }

  @Test
  void ofASimpleQuery() throws IOException {
    assertThat(listed("A simple query")).containsExactlyInAnyOrderElementsOf(recorded("simple"));
    assertThat(listed("A simple query")).hasSizeLessThanOrEqualTo(MOST_FILES);
  }

  @Test
  void ofAnExtendedQuery() throws IOException {
    Set<String> more = recorded("extended");
    more.removeAll(listed("A simple query"));
    assertThat(listed("An extended query")).containsExactlyInAnyOrderElementsOf(more);
  }

  @Test
  void ofAHealedMisroute() throws IOException {
    Set<String> more = recorded("misrouted");
    more.removeAll(listed("A simple query"));
    assertThat(listed("A healed misroute")).containsExactlyInAnyOrderElementsOf(more);
  }
}
