package io.howdah.config;

/**
 * One thing wrong in the configuration.
 *
 * @param key the full key as the user writes it, such as {@code howdah.pool.default-size}
 * @param problem what is wrong, naming the value that was given
 * @param allowed what would be right
 */
public record Fault(String key, String problem, String allowed) {
  @Override
  public String toString() {
    return key + ": " + problem + "; allowed: " + allowed;
  }
}
