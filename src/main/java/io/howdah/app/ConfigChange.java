package io.howdah.app;

import io.howdah.config.ProxyConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What differs between the running configuration and a new one.
 *
 * @param live changed keys that take effect by a reload
 * @param afterRestart changed keys that need a restart
 * @param next the new configuration, with the running values for what needs a restart
 */
record ConfigChange(List<String> live, List<String> afterRestart, AppConfig next) {
  static ConfigChange between(AppConfig running, AppConfig wanted) {
    Set<String> keys = new TreeSet<>(running.given().keySet());
    keys.addAll(wanted.given().keySet());
    keys.removeIf(key -> same(running.given().get(key), wanted.given().get(key)));
    ProxyConfig now = running.proxy();
    ProxyConfig then = wanted.proxy();
    ProxyConfig proxy =
        new ProxyConfig(
            now.eventLoops(),
            now.listener(),
            now.clusters(),
            then.databases(),
            then.users(),
            then.auth(),
            then.clients(),
            then.pool(),
            then.timeouts(),
            then.routing(),
            now.dns());
    return new ConfigChange(
        keys.stream().filter(key -> isChangeable(key)).toList(),
        keys.stream().filter(key -> !isChangeable(key)).toList(),
        new AppConfig(proxy, wanted.health(), wanted.given(), wanted.defaults()));
  }

  /** The configuration in force after the reload: fixed keys keep their running values. */
  AppConfig applied(AppConfig running) {
    Map<String, Setting> given = new HashMap<>(next.given());
    for (String key : afterRestart) {
      given.remove(key);
      if (running.given().containsKey(key)) {
        given.put(key, running.given().get(key));
      }
    }
    return new AppConfig(next.proxy(), next.health(), given, next.defaults());
  }

  /** What took effect, for people. */
  String summary(AppConfig running) {
    if (!live.isEmpty()) {
      return String.join(", ", live);
    }
    return next.proxy().equals(running.proxy()) ? "no key" : "the contents of a password file";
  }

  private static boolean same(Setting a, Setting b) {
    return a == null ? b == null : b != null && a.value().equals(b.value());
  }

  /** Whether a reload can change the key; else it needs a restart. */
  static boolean isChangeable(String key) {
    return !key.equals("howdah.event-loops")
        && !key.startsWith("howdah.auth.salt-secret")
        && !key.startsWith("howdah.dns.")
        && !key.startsWith("howdah.listen.")
        && !key.startsWith("howdah.clusters.");
  }
}
