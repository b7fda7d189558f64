package io.howdah.app;

import io.howdah.config.HostPort;
import io.howdah.config.NodeConfig;
import java.util.Optional;

/**
 * One element of a cluster's hosts: an address, and behind it {@code weight=} and {@code zone=}
 * with blanks between.
 */
record Node(HostPort address, NodeConfig config) {
  static final String ALLOWED =
      Values.HOST + ", and behind it weight=0 to " + NodeConfig.MAX_WEIGHT + " and zone=name";

  /** Throws {@link IllegalArgumentException} for anything else. */
  static Node of(String text) {
    String[] words = text.strip().split("\\s+");
    int weight = NodeConfig.DEFAULT.weight();
    Optional<String> zone = Optional.empty();
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      String value = words[i].substring(equals + 1);
      switch (words[i].substring(0, Math.max(0, equals))) {
        case "weight" -> weight = Values.number(value);
        case "zone" -> zone = Optional.of(value).filter(name -> !name.isEmpty());
        default -> throw new IllegalArgumentException(text);
      }
    }
    return new Node(Values.host(words[0]), new NodeConfig(weight, zone));
  }
}
