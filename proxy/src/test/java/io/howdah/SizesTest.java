package io.howdah;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No file and no package of the project, tests among them, is larger than a reader can hold. */
class SizesTest {
  private static final int MOST_LINES = 350;
  private static final int MOST_CLASSES = 40;

  /** Pure tables of records. Each says so itself, with {@link #REASON}. */
  private static final Set<String> TABLES = Set.of("PgError.java");

  private static final String REASON = "// Longer than other files, since ";

  private static final Path PROJECT = project();

  private static Path project() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("Makefile"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> all = Files.walk(PROJECT)) {
      return all.filter(each -> each.toString().endsWith(".java"))
          .filter(SizesTest::isOurs)
          .toList();
    }
  }

  /** Not what was built, installed or fetched. */
  private static boolean isOurs(Path file) {
    for (Path part : PROJECT.relativize(file)) {
      String name = part.toString();
      if (name.equals("target") || name.equals("node_modules") || name.startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  @Test
  void noFileIsLong() throws IOException {
    Map<String, Integer> tooLong = new TreeMap<>();
    for (Path file : sources()) {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() > MOST_LINES && !isTable(file, lines)) {
        tooLong.put(PROJECT.relativize(file).toString(), lines.size());
      }
    }
    assertThat(tooLong).isEmpty();
  }

  private static boolean isTable(Path file, List<String> lines) {
    return TABLES.contains(file.getFileName().toString())
        && lines.stream().anyMatch(line -> line.strip().startsWith(REASON));
  }

  /** Or the list would outlive what it is about. */
  @Test
  void everyTableIsThereAndLong() throws IOException {
    Set<String> there = new TreeSet<>();
    for (Path file : sources()) {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() > MOST_LINES && isTable(file, lines)) {
        there.add(file.getFileName().toString());
      }
    }
    assertThat(there).isEqualTo(TABLES);
  }

  @Test
  void noPackageIsLarge() throws IOException {
    Map<Path, Long> classes =
        sources().stream()
            .filter(each -> !each.endsWith("package-info.java"))
            .collect(
                Collectors.groupingBy(
                    each -> PROJECT.relativize(each.getParent()), Collectors.counting()));
    assertThat(classes.size()).isGreaterThan(MOST_CLASSES);
    classes.values().removeIf(count -> count <= MOST_CLASSES);
    assertThat(classes).isEmpty();
  }
}
