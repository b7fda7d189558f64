package io.howdah.auth;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Salts for users that do not exist: always the same for one name, as a real user's would be, so
 * that asking twice does not tell who exists. One instance a process; thread-safe.
 */
public final class MockSalts {
  private final byte[] secret = new byte[Digests.SHA_256_BYTES];

  public MockSalts(SecureRandom random) {
    random.nextBytes(secret);
  }

  byte[] saltFor(String user) {
    byte[] digest = Digests.hmac(secret, user.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(digest, ScramVerifier.SALT_BYTES);
  }
}
