package io.howdah.auth;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who may enter: an immutable snapshot of the users file. Thread-safe.
 *
 * @param credentials by user name, in the order of the file
 * @param warnings what is not wrong but unwise, for the log
 */
public record Users(Map<String, Credential> credentials, List<String> warnings) {
  /** Nobody. */
  public static final Users NONE = new Users(Map.of(), List.of());

  public Users {
    credentials = Collections.unmodifiableMap(new LinkedHashMap<>(credentials));
    warnings = List.copyOf(warnings);
  }

  /** What is known of a user, or null. */
  public Credential credential(String user) {
    return credentials.get(user);
  }

  public Set<String> names() {
    return credentials.keySet();
  }

  /**
   * Derives the verifier of every plain password now, so that no login waits for it. Costs some
   * milliseconds a user: not for an event loop.
   *
   * @param salts the same at every reload, or those who have a password would be told apart
   */
  public void deriveVerifiers(Salts salts) {
    credentials.forEach(
        (user, credential) -> {
          if (credential instanceof Credential.PlainPassword plain) {
            plain.derive(salts.saltFor(user));
          }
        });
  }

  @Override
  public String toString() {
    return "Users[" + credentials.size() + "]";
  }
}
