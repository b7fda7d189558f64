package io.howdah.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.Faults;
import io.howdah.config.InvalidConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the reference file to the keys and defaults that the code reads. */
class ReferenceConfigTest {
  private static final Path FILE = Path.of("..", "config", "application.yaml");
  private static final Path USERS = Path.of("..", "config", "users.txt.example");

  /** Keys that can't stand beside their twin, or need a file that isn't there. */
  private static final String SECRET_FILES = "(?m)^.*(password|secret)-file:.*$";

  @Test
  void asItStandsItIsRight() throws IOException {
    AppConfig config = read(Files.readString(FILE));
    assertThat(config.proxy().clusters()).containsOnlyKeys("main");
    assertThat(config.proxy().databases()).containsOnlyKeys("*");
    assertThat(config.proxy().users()).isEmpty();
  }

  @Test
  void everyKeyIsThereWithItsTrueDefaultAndNoOther() throws IOException {
    AppConfig config = read(uncommented().replaceAll(SECRET_FILES, ""));
    Map<String, String> shown = new TreeMap<>();
    config.defaults().keySet().stream()
        .filter(key -> !key.endsWith("users-file"))
        .forEach(key -> shown.put(key, text(config.given().get(key))));
    assertThat(shown).isEqualTo(new TreeMap<>(config.defaults()));
  }

  @Test
  void keysWithoutADefaultAreThereToo() throws IOException {
    SmallRyeConfig config = config(uncommented());
    Settings settings = new Settings(config, new Faults());
    Faults faults = new Faults();
    var unused = ConfigReader.proxy(new Section(settings, faults, Settings.ROOT));
    var given = settings.given().keySet();
    Set<String> missing = new TreeSet<>(settings.known());
    missing.removeIf(key -> given.contains(key) || key.indexOf('[') >= 0);
    assertThat(missing).isEmpty();
  }

  /** The file with every commented-out key in force: no space stands between sign and key. */
  private static String uncommented() throws IOException {
    return Files.readString(FILE).replaceAll("(?m)^( *)#(?=\\S)", "$1");
  }

  private static String text(Setting setting) {
    return setting == null ? "(not in the reference)" : setting.value();
  }

  private static AppConfig read(String yaml) {
    try {
      return new ConfigReader(config(yaml)).read();
    } catch (InvalidConfig e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  private static SmallRyeConfig config(String yaml) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withSources(new YamlConfigSource("reference", yaml, 265))
        .withSources(
            new PropertiesConfigSource(
                Map.of("howdah.auth.users-file", USERS.toString()), "users", 300))
        .build();
  }
}
