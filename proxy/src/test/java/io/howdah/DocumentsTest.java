package io.howdah;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the documents point at is there: every file, every heading, every class that they name. */
class DocumentsTest {
  private static final Path PROJECT = project();

  /** {@code [text](target)}, and {@code [label]: target} at the start of a line. */
  private static final Pattern LINK =
      Pattern.compile("\\]\\(([^)\\s]+)\\)|^\\[([^\\]]+)\\]:\\s*(\\S+)", Pattern.MULTILINE);

  /** {@code [`Name`][Label]}. */
  private static final Pattern REFERENCE = Pattern.compile("\\]\\[([^\\]]+)\\]");

  private static final Pattern HEADING = Pattern.compile("^#+ +(.+?) *$", Pattern.MULTILINE);

  private static final Pattern FENCE =
      Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);

  /**
   * A name in code that looks like one of our classes: {@code `ReplyLedger`}, {@code
   * `Pool.acquire`}.
   */
  private static final Pattern CLASS =
      Pattern.compile("`([A-Z][a-z]+(?:[A-Z][A-Za-z]*)+)(?:\\.[A-Za-z.()]+)?`");

  /**
   * Names in code that look like classes of ours: a message, a function of PostgreSQL, a test of
   * pgjdbc.
   */
  private static final Set<String> NOT_OURS =
      Set.of("ReadyForQuery", "RevalidateCachedQuery", "CopyTest");

  private static Set<String> classes;

  private static Path project() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("Makefile"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static List<Path> files(String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(PROJECT)) {
      return all.filter(each -> each.toString().endsWith(suffix))
          .filter(DocumentsTest::isSource)
          .toList();
    }
  }

  /** Not what was built, installed or fetched. */
  private static boolean isSource(Path file) {
    for (Path part : PROJECT.relativize(file)) {
      String name = part.toString();
      if (name.equals("target")
          || name.equals("node_modules")
          || name.length() > 1 && name.startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  @BeforeAll
  static void findClasses() throws IOException {
    classes = new HashSet<>();
    Pattern declared = Pattern.compile("\\b(?:class|interface|record|enum) ([A-Z]\\w*)");
    for (Path file : files(".java")) {
      Matcher matcher = declared.matcher(Files.readString(file));
      while (matcher.find()) {
        classes.add(matcher.group(1));
      }
    }
    assertThat(classes).contains("Proxy", "DocumentsTest", "Main");
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path document : files(".md")) {
      Matcher link = LINK.matcher(FENCE.matcher(Files.readString(document)).replaceAll(""));
      while (link.find()) {
        String target = link.group(1) != null ? link.group(1) : link.group(3);
        links++;
        if (!isThere(document, target)) {
          broken.add(PROJECT.relativize(document) + ": " + target);
        }
        if (link.group(2) != null
            && target.endsWith(".java")
            && !target.endsWith("/" + link.group(2) + ".java")) {
          broken.add(PROJECT.relativize(document) + ": [" + link.group(2) + "] leads to " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(100);
  }

  private static boolean isThere(Path document, String target) throws IOException {
    if (target.matches("[a-z]+:.*")) {
      return true;
    }
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    Path file = path.isEmpty() ? document : document.resolveSibling(path);
    if (!Files.exists(file)) {
      return false;
    }
    return hash < 0 || headings(file).contains(target.substring(hash + 1));
  }

  @Test
  void everyDecisionIsInTheIndexAndTheOtherWayRound() throws IOException {
    Path folder = PROJECT.resolve("docs/adr");
    Set<String> decisions = new TreeSet<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.map(each -> each.getFileName().toString())
          .filter(each -> !each.equals("README.md"))
          .forEach(decisions::add);
    }
    List<String> index = new ArrayList<>();
    Matcher link = LINK.matcher(Files.readString(folder.resolve("README.md")));
    while (link.find()) {
      index.add(link.group(1));
    }
    assertThat(index).hasSizeGreaterThan(10).containsExactlyElementsOf(decisions);
  }

  private static Set<String> headings(Path document) throws IOException {
    Set<String> anchors = new HashSet<>();
    Matcher heading = HEADING.matcher(FENCE.matcher(Files.readString(document)).replaceAll(""));
    while (heading.find()) {
      anchors.add(
          heading
              .group(1)
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-'));
    }
    return anchors;
  }

  @Test
  void everyReferenceIsDefinedAndEveryDefinitionUsed() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path document : files(".md")) {
      String text = FENCE.matcher(Files.readString(document)).replaceAll("");
      Set<String> defined = new TreeSet<>();
      Matcher definition = LINK.matcher(text);
      while (definition.find()) {
        if (definition.group(2) != null && !defined.add(definition.group(2))) {
          wrong.add(PROJECT.relativize(document) + ": defined twice: " + definition.group(2));
        }
      }
      Set<String> used = new TreeSet<>();
      Matcher reference = REFERENCE.matcher(text);
      while (reference.find()) {
        used.add(reference.group(1));
      }
      for (String each : used) {
        if (!defined.contains(each)) {
          wrong.add(PROJECT.relativize(document) + ": not defined: " + each);
        }
      }
      for (String each : defined) {
        if (!used.contains(each)
            && !text.contains("[" + each + "]\n")
            && !text.contains("[" + each + "] ")) {
          wrong.add(PROJECT.relativize(document) + ": not used: " + each);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyClassThatIsNamedIsThere() throws IOException {
    Set<String> unknown = new TreeSet<>();
    for (Path document : files(".md")) {
      if (document.getFileName().toString().equals("CHANGELOG.md")) {
        continue; // It tells of classes that were.
      }
      Matcher name = CLASS.matcher(FENCE.matcher(Files.readString(document)).replaceAll(""));
      while (name.find()) {
        if (!classes.contains(name.group(1)) && !NOT_OURS.contains(name.group(1))) {
          unknown.add(PROJECT.relativize(document) + ": " + name.group(1));
        }
      }
    }
    assertThat(unknown).isEmpty();
  }
}
