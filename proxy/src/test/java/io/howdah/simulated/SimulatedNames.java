package io.howdah.simulated;

import java.util.HashMap;
import java.util.Map;

/** The prepared statements and the portals of a {@link SimulatedSession}. */
final class SimulatedNames {
  /** What was bound, and how far it was run. */
  static final class Portal {
    final String sql;
    int done;

    Portal(String sql) {
      this.sql = sql;
    }
  }

  /** An error of the statement at hand. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1;
    final String code;

    Failed(String code, String message) {
      super(message);
      this.code = code;
    }
  }

  final Map<String, String> statements = new HashMap<>();
  final Map<String, Portal> portals = new HashMap<>();

  String statement(String name) throws Failed {
    String sql = statements.get(name);
    if (sql == null) {
      throw new Failed("26000", "no prepared statement");
    }
    return sql;
  }

  Portal portal(String name) throws Failed {
    Portal portal = portals.get(name);
    if (portal == null) {
      throw new Failed("34000", "no portal");
    }
    return portal;
  }

  void parsed(String name, String sql) throws Failed {
    if (!name.isEmpty() && statements.containsKey(name)) {
      throw new Failed("42P05", "prepared statement \"" + name + "\" already exists");
    }
    statements.put(name, sql);
  }

  void bound(String name, String sql) throws Failed {
    if (!name.isEmpty() && portals.containsKey(name)) {
      throw new Failed("42P03", "portal exists");
    }
    portals.put(name, new Portal(sql));
  }
}
