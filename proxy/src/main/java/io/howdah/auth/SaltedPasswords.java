package io.howdah.auth;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Remembers the keys that PBKDF2 made of a password, a salt and an iteration count, so that only
 * the first of many connections to one server pays for them. Holds no password: entries are found
 * by a keyed digest. The least recently used entry goes first.
 *
 * <p>Thread-safe. Threads that ask for one entry at once wait for the first to work it out.
 */
public final class SaltedPasswords {
  private final byte[] digestKey = new byte[Digests.SHA_256_BYTES];
  private final int limit;
  private final Map<Identity, CompletableFuture<ScramKeys>> entries;

  private record Identity(String digest) {}

  /**
   * @param limit entries kept at most, above 0
   */
  public SaltedPasswords(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit);
    }
    new SecureRandom().nextBytes(digestKey);
    this.limit = limit;
    this.entries = new LinkedHashMap<>(16, 0.75f, true);
  }

  /** The keys, from memory or worked out now, which takes milliseconds. */
  public ScramKeys keys(String password, byte[] salt, int iterations) {
    Identity identity = identity(password, salt, iterations);
    CompletableFuture<ScramKeys> mine = new CompletableFuture<>();
    CompletableFuture<ScramKeys> known;
    synchronized (entries) {
      known = entries.putIfAbsent(identity, mine);
      if (known == null && entries.size() > limit) {
        entries.remove(entries.keySet().iterator().next());
      }
    }
    if (known != null) {
      return known.join();
    }
    try {
      mine.complete(ScramKeys.derive(password, salt, iterations));
    } catch (Throwable t) {
      synchronized (entries) {
        entries.remove(identity, mine);
      }
      mine.completeExceptionally(t);
    }
    return mine.join();
  }

  /** How many entries are kept. */
  public int size() {
    synchronized (entries) {
      return entries.size();
    }
  }

  private Identity identity(String password, byte[] salt, int iterations) {
    byte[] cost = ScramText.bytes(iterations + ":" + salt.length + ":");
    byte[] digest = Digests.hmac(digestKey, cost, salt, password.getBytes(StandardCharsets.UTF_8));
    return new Identity(Arrays.toString(digest));
  }
}
