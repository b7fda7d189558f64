package io.howdah.app;

import io.howdah.config.Faults;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * What the configuration sources say below {@code howdah}, and which keys were asked for: whatever
 * was given and never asked for is unknown, so the code that reads the keys is the only list of
 * them. Not thread-safe.
 */
final class Settings {
  /** The root of all keys. */
  static final String ROOT = "howdah";

  /**
   * Sources up to this ordinal are Quarkus's record of what it saw at build time. It includes the
   * reference file, which lies in the directory that Howdah is built in, and must not count.
   */
  private static final int RECORDED = 0;

  private final SmallRyeConfig config;
  private final Faults faults;

  /** Normal spelling to the spellings found, from every source but the environment. */
  private final Map<String, Set<String>> written = new TreeMap<>();

  /** Names of environment variables that begin with HOWDAH_, upper case to name as given. */
  private final Map<String, String> environment = new TreeMap<>();

  private final Map<String, Optional<Setting>> asked = new LinkedHashMap<>();
  private final Map<String, String> defaults = new TreeMap<>();

  Settings(SmallRyeConfig config, Faults faults) {
    this.config = config;
    this.faults = faults;
    for (ConfigSource source : config.getConfigSources()) {
      if (source instanceof EnvConfigSource variables) {
        variables.getProperties().keySet().forEach(this::addVariable);
      } else if (source.getOrdinal() > RECORDED) {
        source.getPropertyNames().forEach(this::addKey);
      }
    }
  }

  /** Settings without any source. */
  static Settings none() {
    return new Settings(new SmallRyeConfigBuilder().build(), new Faults());
  }

  private void addVariable(String name) {
    String upper = KeyPath.environment(name);
    if (upper.startsWith("HOWDAH_")) {
      environment.put(upper, name);
    }
  }

  private void addKey(String name) {
    String key = name;
    if (key.startsWith("%")) {
      int dot = key.indexOf('.');
      if (dot < 0 || !config.getProfiles().contains(key.substring(1, dot))) {
        return;
      }
      key = key.substring(dot + 1);
    }
    if (key.startsWith(ROOT + ".")) {
      written.computeIfAbsent(KeyPath.normal(key), k -> new TreeSet<>()).add(key);
    }
  }

  /** The value of a key, from the source that wins. The key counts as known from now on. */
  Optional<Setting> find(String key) {
    Optional<Setting> known = asked.get(key);
    if (known == null) {
      known = look(key);
      asked.put(key, known);
    }
    return known;
  }

  /** Notes what holds where a key isn't given, as it would be written. */
  void noteDefault(String key, String text) {
    defaults.put(key, text);
  }

  /** The defaults noted, by key. */
  Map<String, String> defaults() {
    return Collections.unmodifiableMap(defaults);
  }

  private Optional<Setting> look(String key) {
    Set<String> spellings = new LinkedHashSet<>(written.getOrDefault(key, Set.of()));
    spellings.add(key);
    return spellings.stream()
        .flatMap(spelling -> value(key, spelling).stream())
        .max(Comparator.comparingInt(Setting::ordinal));
  }

  private Optional<Setting> value(String key, String spelling) {
    ConfigValue value;
    try {
      value = config.getConfigValue(spelling);
    } catch (IllegalArgumentException e) {
      faults.add(key, "refers to itself", "${NAME} of another key or variable");
      return Optional.empty();
    }
    if (value.getConfigSourceOrdinal() <= RECORDED) {
      return Optional.empty();
    }
    if (value.hasProblems()) {
      Setting raw = setting(key, value.getRawValue(), value);
      faults.add(
          key, "refers to something that isn't set: " + raw.shown(), "${NAME} with NAME set");
      return Optional.empty();
    }
    return Optional.ofNullable(value.getValue()).map(text -> setting(key, text, value));
  }

  private Setting setting(String key, String text, ConfigValue value) {
    return new Setting(key, text, origin(key, value), value.getConfigSourceOrdinal());
  }

  private String origin(String key, ConfigValue value) {
    String variable = KeyPath.environment(key);
    return Origin.of(value.getConfigSourceName(), environment.getOrDefault(variable, variable));
  }

  /**
   * The names that stand between {@code prefix} and one of {@code leaves}, in order.
   *
   * <p>A variable can't tell a dot, a dash and an underscore apart. So the leaves decide where the
   * name ends, and a name that only variables give is taken as lower case with underscores.
   */
  Set<String> names(String prefix, Set<String> leaves) {
    Set<String> names = new TreeSet<>();
    int depth = KeyPath.parts(prefix).size();
    for (String key : written.keySet()) {
      List<String> parts = KeyPath.parts(key);
      if (key.startsWith(prefix + ".") && parts.size() > depth + 1) {
        names.add(parts.get(depth));
      }
    }
    for (String variable : environment.keySet()) {
      nameIn(variable, KeyPath.environment(prefix) + "_", leaves)
          .filter(name -> names.stream().noneMatch(n -> sameVariable(n, name)))
          .ifPresent(names::add);
    }
    return names;
  }

  private static Optional<String> nameIn(String variable, String prefix, Set<String> leaves) {
    if (!variable.startsWith(prefix)) {
      return Optional.empty();
    }
    // An element of a list ends in its index: HOSTS_0_ for hosts[0].
    String rest = variable.substring(prefix.length()).replaceFirst("_[0-9]+_$", "");
    return leaves.stream()
        .map(leaf -> "_" + KeyPath.environment(leaf))
        .filter(leaf -> rest.endsWith(leaf) && rest.length() > leaf.length())
        .max(Comparator.comparingInt(String::length))
        .map(leaf -> rest.substring(0, rest.length() - leaf.length()))
        .map(name -> name.matches("_+") ? "*" : name.toLowerCase(Locale.ROOT));
  }

  private static boolean sameVariable(String a, String b) {
    return KeyPath.environment(a).equals(KeyPath.environment(b));
  }

  /** The keys that were asked for. */
  Set<String> known() {
    return Set.copyOf(asked.keySet());
  }

  /** What was asked for and given, by key. */
  Map<String, Setting> given() {
    Map<String, Setting> given = new TreeMap<>();
    asked.forEach((key, setting) -> setting.ifPresent(s -> given.put(key, s)));
    return given;
  }

  /** Everything that was given and not asked for, with its origin but without its value. */
  List<Setting> unknown() {
    List<Setting> unknown = new ArrayList<>();
    written.forEach(
        (key, spellings) -> {
          if (!asked.containsKey(key)) {
            unknown.add(setting(key, "", config.getConfigValue(spellings.iterator().next())));
          }
        });
    Set<String> variables = new TreeSet<>();
    asked.keySet().forEach(key -> variables.add(KeyPath.environment(key)));
    written.keySet().forEach(key -> variables.add(KeyPath.environment(key)));
    environment.forEach(
        (variable, name) -> {
          String value = String.valueOf(config.getConfigValue(name).getValue());
          if (!variables.contains(variable) && !ServiceLink.matches(variable, value)) {
            String key = ROOT + "." + variable.substring(7).toLowerCase(Locale.ROOT);
            unknown.add(new Setting(key.replace('_', '.'), "", Origin.variable(name), 0));
          }
        });
    return unknown;
  }
}
