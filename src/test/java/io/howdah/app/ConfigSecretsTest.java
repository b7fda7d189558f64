package io.howdah.app;

import static io.howdah.app.ConfigReaderTest.MINIMAL;
import static io.howdah.app.ConfigReaderTest.faults;
import static io.howdah.app.ConfigReaderTest.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is secret in the configuration is in nothing that is printed of it. */
class ConfigSecretsTest {
  /** Not even where a value is a fault. */
  @Test
  void noFaultShowsASecret() {
    String probe = MINIMAL.replace("user: postgres", "user: a, password: \"x${geheim\"");
    String hosts = MINIMAL.replace("localhost:5432", "\"postgres://a:geheim@db:5432\"");
    String salt = MINIMAL.replace("type: trust", "type: trust\n    salt-secret: geheim");
    for (String yaml : List.of(probe, hosts, salt)) {
      assertThat(faults(yaml, Map.of())).as(yaml).isNotEmpty();
      assertThat(faults(yaml, Map.of()).toString()).doesNotContain("geheim");
    }
  }

  @Test
  void aSlipInTheYamlIsToldWithoutItsLine(@TempDir Path dir) throws IOException {
    for (String slip :
        List.of(
            "  password: geheim: x",
            "  password: *geheim",
            "  password: !geheim x",
            "  password: \"geheim",
            "  password: @geheim",
            " password: [geheim",
            "\tpassword: geheim")) {
      Files.writeString(dir.resolve("application.yaml"), "howdah:\n  a: b\n" + slip + "\n");
      assertThat(Main.fault(dir))
          .as(slip)
          .contains("application.yaml can't be read: it is not YAML at line ")
          .doesNotContain("geheim");
    }
    Files.writeString(dir.resolve("application.yaml"), MINIMAL);
    assertThat(Main.fault(dir)).isNull();
    Files.writeString(dir.resolve("application-prod.yml"), "a: b: c\n");
    assertThat(Main.fault(dir))
        .endsWith(
            "application-prod.yml can't be read: it is not YAML at line 1, column 5: "
                + "mapping values are not allowed here");
  }

  @Test
  void nothingPrintsASecret() {
    AppConfig config =
        read(MINIMAL.replace("user: postgres", "user: a, password: geheim"), Map.of());
    assertThat(config.toString()).doesNotContain("geheim");
    assertThat(config.given().toString()).doesNotContain("geheim");
    assertThat(config.proxy().toString()).doesNotContain("geheim");
    assertThat(Optional.of(config.proxy().clusters()).toString()).doesNotContain("geheim");
  }
}
