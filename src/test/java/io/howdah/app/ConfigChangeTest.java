package io.howdah.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigChangeTest {
  private static final String CONFIG =
      """
      howdah:
        listen: {port: 6432}
        clusters: {main: {hosts: [localhost], probe: {user: a}}}
        databases: {"*": {cluster: main, server-user: a, server-password: one}}
        auth: {type: trust}
        pool: {default-size: 5}
      """;

  @TempDir Path dir;
  private SmallRyeConfig started;

  @Test
  void theFileIsReadAgain() throws IOException {
    AppConfig running = new ConfigReader(started()).read();
    write(CONFIG.replace("5}", "6}").replace("6432", "7000").replace("one", "two"));
    ConfigChange change =
        ConfigChange.between(running, new ConfigReader(FreshConfig.of(started)).read());
    assertThat(change.live())
        .containsExactly("howdah.databases.*.server-password", "howdah.pool.default-size");
    assertThat(change.afterRestart()).containsExactly("howdah.listen.port");
    assertThat(change.next().proxy().pool().defaultSize()).isEqualTo(6);
    assertThat(change.next().proxy().listener()).isEqualTo(running.proxy().listener());
    assertThat(change.toString()).doesNotContain("two");
  }

  @Test
  void whatNeedsARestartIsNamedAgainUntilItHappens() throws IOException {
    AppConfig running = new ConfigReader(started()).read();
    write(CONFIG.replace("6432", "7000"));
    AppConfig wanted = new ConfigReader(FreshConfig.of(started)).read();
    AppConfig applied = ConfigChange.between(running, wanted).applied(running);
    assertThat(ConfigChange.between(applied, wanted).afterRestart())
        .containsExactly("howdah.listen.port");
    assertThat(ConfigChange.between(applied, wanted).live()).isEmpty();
  }

  @Test
  void aPasswordFileWithNewContentsIsAChangeToo() throws IOException {
    Path secret = Files.writeString(dir.resolve("secret"), "one");
    String file = CONFIG.replace("server-password: one", "server-password-file: " + secret);
    write(file);
    AppConfig running = new ConfigReader(started(file)).read();
    assertThat(changeOf(running).summary(running)).isEqualTo("no key");
    Files.writeString(secret, "two");
    assertThat(changeOf(running).summary(running)).isEqualTo("the contents of a password file");
  }

  private ConfigChange changeOf(AppConfig running) throws IOException {
    return ConfigChange.between(running, new ConfigReader(FreshConfig.of(started)).read());
  }

  @Test
  void aFileThatIsNoYamlAnyMoreIsAnErrorThatNamesIt() throws IOException {
    SmallRyeConfig config = started();
    write("howdah: {pool: ");
    assertThatThrownBy(() -> FreshConfig.of(config))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("application.yaml");
  }

  private SmallRyeConfig started() throws IOException {
    return started(CONFIG);
  }

  private SmallRyeConfig started(String text) throws IOException {
    Path file = write(text);
    started =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withSources(new YamlConfigSource(file.toUri().toURL(), 265))
            .build();
    return started;
  }

  private Path write(String text) throws IOException {
    return Files.writeString(dir.resolve("application.yaml"), text);
  }
}
