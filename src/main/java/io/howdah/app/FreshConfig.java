package io.howdah.app;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads the configuration files again. Quarkus reads its sources once; here every source that is a
 * file is replaced by what the file says now, with the same precedence, and all others stay.
 */
final class FreshConfig {
  private static final Pattern FILE = Pattern.compile("\\[source=(file:[^\\]]+)]");

  private FreshConfig() {}

  /**
   * The configuration as it stands in the files now.
   *
   * @throws IOException if a file can't be read or isn't YAML or properties any more
   */
  static SmallRyeConfig of(SmallRyeConfig running) throws IOException {
    List<ConfigSource> sources = new ArrayList<>();
    for (ConfigSource source : running.getConfigSources()) {
      sources.add(fresh(source));
    }
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withProfiles(running.getProfiles())
        .withSources(sources)
        .build();
  }

  private static ConfigSource fresh(ConfigSource source) throws IOException {
    Matcher file = FILE.matcher(source.getName());
    if (!file.find()) {
      return source;
    }
    URL url = URI.create(file.group(1)).toURL();
    try {
      return switch (source) {
        case YamlConfigSource yaml -> new YamlConfigSource(url, yaml.getOrdinal());
        case PropertiesConfigSource properties ->
            new PropertiesConfigSource(url, properties.getOrdinal());
        default -> source;
      };
    } catch (RuntimeException e) {
      // Without the cause, whose message may have a password in it.
      String what = e instanceof YAMLException ? YamlSlip.of(e) : "it can't be understood";
      throw new IOException(url.getPath() + ": " + what);
    }
  }
}
