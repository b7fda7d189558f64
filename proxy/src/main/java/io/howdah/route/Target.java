package io.howdah.route;

/** Which sort of node a statement is for. */
public enum Target {
  PRIMARY,
  REPLICA
}
