import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the tests of a folder of classes and writes one line for each into a file: its name, passed,
 * failed or skipped, and what the failure says, parted by tabs.
 *
 * <p>Arguments: the folder of classes, the file with the names of classes and tests to leave out, the file to
 * write, and, if only some classes are to run, their names.
 */
class SuiteRun {
  private SuiteRun() {}

  public static void main(String[] args) throws IOException {
    List<String> only = List.of(args).subList(3, args.length);
    PrintStream progress = System.out;
    // The tests write much, to standard output too.
    System.setOut(System.err);
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(Path.of(args[2])))) {
      LauncherFactory.create()
          .execute(request(Path.of(args[0]), Path.of(args[1]), only), new Listener(out, progress));
    }
    // Some of the tests leave threads behind.
    System.exit(0);
  }

  private static LauncherDiscoveryRequest request(Path classes, Path left, List<String> only)
      throws IOException {
    List<String> names = Files.readAllLines(left);
    PostDiscoveryFilter kept =
        test ->
            FilterResult.includedIf(
                names.stream().noneMatch(n -> (name(test.getUniqueId()) + '/').startsWith(n + '/')));
    LauncherDiscoveryRequestBuilder request =
        LauncherDiscoveryRequestBuilder.request()
            .filters(kept)
            .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
            .configurationParameter("junit.jupiter.execution.timeout.default", "2 m");
    if (!only.isEmpty()) {
      return request
          .selectors(only.stream().map(name -> selectClass(name)).collect(Collectors.toList()))
          .build();
    }
    return request
        .selectors(selectClasspathRoots(Set.of(classes)))
        .filters(includeClassNamePatterns("^(Test.*|.+[.$]Test.*|.*Tests?)$"))
        .build();
  }

  /** The values of the identifier's segments below the engine's. */
  private static String name(UniqueId id) {
    return id.getSegments().stream()
        .skip(1)
        .map(UniqueId.Segment::getValue)
        .map(v -> v.replace("org.postgresql.", ""))
        .collect(Collectors.joining("/"));
  }

  private static final class Listener implements TestExecutionListener {
    private final PrintWriter out;
    private final PrintStream progress;
    private int finished;

    Listener(PrintWriter out, PrintStream progress) {
      this.out = out;
      this.progress = progress;
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      write(test, "skipped", reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      boolean failed = result.getStatus() == TestExecutionResult.Status.FAILED;
      // A container counts only when it fails on its own, as in a method run before all tests.
      if (test.isTest() || failed) {
        write(
            test,
            switch (result.getStatus()) {
              case SUCCESSFUL -> "passed";
              case ABORTED -> "skipped";
              case FAILED -> "failed";
            },
            result.getThrowable().map(Throwable::toString).orElse(""));
      }
      if (test.isTest() && ++finished % 1000 == 0) {
        progress.println("    " + finished + " tests");
      }
    }

    private void write(TestIdentifier test, String verdict, String text) {
      out.println(name(test.getUniqueIdObject()) + '\t' + verdict + '\t' + firstLine(text));
      out.flush();
    }

    private static String firstLine(String text) {
      return text.lines().findFirst().orElse("").replace('\t', ' ');
    }
  }
}
