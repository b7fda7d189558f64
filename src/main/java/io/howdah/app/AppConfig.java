package io.howdah.app;

import io.howdah.config.ProxyConfig;
import io.howdah.observe.HealthConfig;
import java.util.Map;

/**
 * The whole configuration, checked.
 *
 * @param proxy what the data plane needs
 * @param health what the health endpoints need
 * @param given the values that were given, by key, secrets included: never to be printed whole
 * @param defaults the defaults of all keys that have one, as they would be written
 */
record AppConfig(
    ProxyConfig proxy,
    HealthConfig health,
    Map<String, Setting> given,
    Map<String, String> defaults) {
  AppConfig {
    given = Map.copyOf(given);
    defaults = Map.copyOf(defaults);
  }

  @Override
  public String toString() {
    return "AppConfig[" + given.keySet() + "]";
  }
}
