package io.howdah.backend.connection;

import io.howdah.backend.statement.Writing;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a server reported last of its parameters (ParameterStatus).
 *
 * <p>Thread: the event loop of the connection.
 */
public final class ReportedParameters {
  private static final String UTF8 = "UTF8";
  private static final String NONE = "SQL_ASCII";

  private static final String STANDBY = "in_hot_standby";

  private final Map<String, String> all;

  /** What the server says of whether it is a standby, if anything; asked with every request. */
  private boolean standby;

  private boolean primary;

  /** Those that a session can change; null when they must be picked out anew. */
  private Map<String, String> ofTheSession;

  /**
   * @param all by name; written to
   */
  ReportedParameters(Map<String, String> all) {
    this.all = all;
    tellsOf(all.get(STANDBY));
  }

  private void tellsOf(String inHotStandby) {
    standby = "on".equals(inHotStandby);
    primary = "off".equals(inHotStandby);
  }

  /** The server reports one. */
  void put(String name, String value) {
    all.put(name, value);
    ofTheSession = null;
    if (name.equals(STANDBY)) {
      tellsOf(value);
    }
  }

  /** The encoding of what the server reads and says now. */
  String encoding() {
    return all.getOrDefault("client_encoding", UTF8);
  }

  /** How it reads texts now. */
  Writing reading() {
    return new Writing(encoding(), !"off".equals(all.get("standard_conforming_strings")));
  }

  /** Whether the database's encoding is none, so that bytes stay what they are. */
  boolean convertNothing() {
    return NONE.equals(all.get("server_encoding"));
  }

  /** The encoding in which the server can say whatever it holds. */
  String legible() {
    return convertNothing() ? NONE : UTF8;
  }

  /** Whether the server says of itself that it is no standby, as it does from PostgreSQL 14 on. */
  boolean tellOfPrimary() {
    return primary;
  }

  /** Whether the server says of itself that it is a standby, as it does from PostgreSQL 14 on. */
  public boolean tellOfStandby() {
    return standby;
  }

  /** Those that a session can change. Not to be written to. */
  public Map<String, String> ofTheSession() {
    if (ofTheSession == null) {
      ofTheSession = ofTheSession(all);
    }
    return ofTheSession;
  }

  /** Puts an equal object in the place of {@link #ofTheSession()}. */
  public void share(Map<String, String> equal) {
    ofTheSession = equal;
  }

  /**
   * As they are, but of a standby or of a server that is none: what a server said of that when it
   * was last asked something may be outdated, and a client relies on what its session is, wherever
   * each statement runs.
   *
   * @param parameters by name; servers before PostgreSQL 14 don't tell which they are
   */
  public static Map<String, String> as(boolean standby, Map<String, String> parameters) {
    Map<String, String> copy = new LinkedHashMap<>(parameters);
    copy.replace(STANDBY, standby ? "on" : "off");
    return Collections.unmodifiableMap(copy);
  }

  /** Without parameters that tell of the node: a session may be served by several. */
  public static Map<String, String> ofTheSession(Map<String, String> parameters) {
    Map<String, String> copy = new LinkedHashMap<>(parameters);
    copy.remove(STANDBY);
    copy.remove("server_version");
    return Collections.unmodifiableMap(copy);
  }
}
