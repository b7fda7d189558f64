package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.route.classify.Classifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The classifier's written corpus is what PostgreSQL's own parser takes, and what it says to be no
 * statement is none: nothing is run, the server only parses.
 */
class CorpusSyntaxTest {
  private static final String SYNTAX_ERROR = "42601";

  /** Where drivers put placeholders of their own. */
  private static final String PLACEHOLDERS = ".*(%\\(|@_?_?[a-z]).*";

  @ParameterizedTest
  @ValueSource(strings = {"commands", "nasty", "orms"})
  void theServersParserAgrees(String name) throws IOException {
    List<String> wrong = new ArrayList<>();
    try (Wire wire = Wire.login(Servers.shared().primary(), Map.of())) {
      String reason = null;
      for (String line : text(name).lines().toList()) {
        if (line.startsWith("= ")) {
          reason = line.split(" ")[1];
        } else if (!line.isEmpty() && !line.startsWith("#") && !line.matches(PLACEHOLDERS)) {
          boolean none = reason.equals("UNTERMINATED") || reason.equals("UNKNOWN_STATEMENT");
          String error = parse(wire, line.replace("\\n", "\n").replace("\\r", "\r"));
          if (none != (error != null)) {
            wrong.add(reason + ": " + line + ": " + error);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** The message of a syntax error, or null. */
  private static String parse(Wire wire, String sql) throws IOException {
    wire.send(Send.parse("", sql), Send.sync());
    return wire.ready().stream()
        .filter(each -> each.type() == 'E' && SYNTAX_ERROR.equals(each.sqlstate()))
        .map((Message each) -> each.field('M'))
        .filter(each -> !each.contains("multiple commands"))
        .findFirst()
        .orElse(null);
  }

  private static String text(String name) throws IOException {
    try (InputStream in = Classifier.class.getResourceAsStream("corpus/" + name + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
