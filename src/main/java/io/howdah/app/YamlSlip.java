package io.howdah.app;

import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * What is wrong with a file that is no YAML, and where. The parser's own message has the line in
 * it, which may hold a password; words that stand in the file are left out too.
 */
final class YamlSlip {
  /** What the parser says that has nothing of the file in it. */
  private static final Pattern HARMLESS =
      Pattern.compile(
          "mapping values are not allowed here"
              + "|could not find expected ':'"
              + "|expected <block end>, but found '<[a-z ]+>'"
              + "|found unexpected end of stream");

  private YamlSlip() {}

  /** In words, for people. */
  static String of(RuntimeException e) {
    if (!(e instanceof MarkedYAMLException slip)) {
      return "it is not YAML";
    }
    String problem = slip.getProblem();
    boolean harmless = problem != null && HARMLESS.matcher(problem).matches();
    return "it is not YAML" + at(slip.getProblemMark()) + (harmless ? ": " + problem : "");
  }

  private static String at(Mark mark) {
    return mark == null
        ? ""
        : " at line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
  }
}
