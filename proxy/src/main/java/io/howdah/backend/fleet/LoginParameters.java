package io.howdah.backend.fleet;

import io.howdah.backend.settings.SessionSettings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What servers reported of their parameters to a session with certain settings: what the next
 * client with the same user, database and settings is told at its login, without asking a server
 * again.
 *
 * <p>Thread: any.
 */
public final class LoginParameters {
  private static final int MOST = 1000;
  private static final String APPLICATION_NAME = "application_name";

  private record Key(
      String database,
      String user,
      SessionSettings settings,
      Map<String, String> startup,
      boolean standby) {}

  private final Map<Key, Map<String, String>> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, Map<String, String>> eldest) {
              return size() > MOST;
            }
          });

  /**
   * The parameters to report to a new session, or null when no server was asked yet.
   *
   * @param startup what the server session was opened with
   * @param standby whether only standbys serve the session
   */
  public Map<String, String> find(
      String database,
      String user,
      SessionSettings settings,
      Map<String, String> startup,
      boolean standby) {
    Map<String, String> found =
        known.get(new Key(database, user, settings.without(APPLICATION_NAME), startup, standby));
    String application = settings.values().get(APPLICATION_NAME);
    if (found == null || application == null) {
      return found;
    }
    Map<String, String> patched = new LinkedHashMap<>(found);
    patched.replace(APPLICATION_NAME, application);
    return patched;
  }

  /**
   * What the primary reported of a parameter to a session that did not set it itself; null when
   * there was none.
   */
  public String reported(String database, String user, String parameter) {
    String found = null;
    synchronized (known) {
      // The most recently used comes last.
      for (Map.Entry<Key, Map<String, String>> each : known.entrySet()) {
        Key key = each.getKey();
        if (!key.standby()
            && key.database().equals(database)
            && key.user().equals(user)
            && !key.settings().values().containsKey(parameter)) {
          found = each.getValue().get(parameter);
        }
      }
    }
    return found;
  }

  /** Notes what a server reported: a standby, or the primary. */
  public void put(
      String database,
      String user,
      SessionSettings settings,
      Map<String, String> startup,
      boolean standby,
      Map<String, String> parameters) {
    known.put(
        new Key(database, user, settings.without(APPLICATION_NAME), startup, standby),
        Collections.unmodifiableMap(new LinkedHashMap<>(parameters)));
  }

  /** Forgets what was reported in one database. */
  public void forget(String database) {
    synchronized (known) {
      known.keySet().removeIf(key -> key.database().equals(database));
    }
  }

  /** Forgets everything: a server's version or settings may have changed. */
  public void clear() {
    known.clear();
  }
}
