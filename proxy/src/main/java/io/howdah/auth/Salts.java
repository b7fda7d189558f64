package io.howdah.auth;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The salts that Howdah makes up: for users with a plain password, and for names that do not exist
 * or have nothing that SCRAM could use. Both come from one secret and the name alone, so they are
 * the same at every login and after every reload, and tell nobody which names exist. With a secret
 * from the configuration they outlast the process, and all instances have the same. One instance a
 * process; thread-safe.
 */
public final class Salts {
  private final byte[] secret;

  private Salts(byte[] secret) {
    this.secret = secret;
  }

  /** Salts for as long as this process runs. */
  public static Salts random(SecureRandom random) {
    byte[] secret = new byte[Digests.SHA_256_BYTES];
    random.nextBytes(secret);
    return new Salts(secret);
  }

  /** Salts that last as long as a secret of the configuration. */
  public static Salts of(String secret) {
    return new Salts(secret.getBytes(StandardCharsets.UTF_8));
  }

  byte[] saltFor(String user) {
    byte[] digest = Digests.hmac(secret, user.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(digest, ScramVerifier.SALT_BYTES);
  }
}
