package io.howdah.auth;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * What a server keeps of a SCRAM-SHA-256 password, in PostgreSQL's text form {@code
 * SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>} ({@code pg_authid.rolpassword}).
 *
 * <p>Immutable; {@link #toString} shows no secret.
 */
public final class ScramVerifier {
  /** PostgreSQL's default of {@code scram_iterations}. */
  public static final int DEFAULT_ITERATIONS = 4096;

  static final int SALT_BYTES = 16;
  private static final String PREFIX = "SCRAM-SHA-256$";

  private final int iterations;
  private final byte[] salt;
  private final byte[] storedKey;
  private final byte[] serverKey;

  ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    this.iterations = iterations;
    this.salt = salt.clone();
    this.storedKey = storedKey.clone();
    this.serverKey = serverKey.clone();
  }

  /** Whether a secret means to be a verifier, faulty or not. */
  static boolean looksLikeOne(String secret) {
    return secret.startsWith(PREFIX);
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException when it is none; the message tells what is wrong and shows
   *     nothing of the text
   */
  public static ScramVerifier parse(String text) {
    if (!looksLikeOne(text)) {
      throw new IllegalArgumentException("a SCRAM verifier begins with " + PREFIX);
    }
    String[] halves = text.substring(PREFIX.length()).split("\\$", -1);
    String[] cost = halves[0].split(":", -1);
    String[] keys = halves.length == 2 ? halves[1].split(":", -1) : new String[0];
    if (cost.length != 2 || keys.length != 2) {
      throw new IllegalArgumentException(
          "a SCRAM verifier is " + PREFIX + "<iterations>:<salt>$<StoredKey>:<ServerKey>");
    }
    return new ScramVerifier(
        iterations(cost[0]),
        base64(cost[1], "salt", 0),
        base64(keys[0], "StoredKey", Digests.SHA_256_BYTES),
        base64(keys[1], "ServerKey", Digests.SHA_256_BYTES));
  }

  /** Derives one with a fresh salt and PostgreSQL's default cost. Costs milliseconds. */
  public static ScramVerifier derive(String password, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return derive(password, salt, DEFAULT_ITERATIONS);
  }

  /** Derives one. Costs milliseconds at the default iteration count. */
  public static ScramVerifier derive(String password, byte[] salt, int iterations) {
    return ScramKeys.derive(password, salt, iterations).verifier();
  }

  /** The text form, which is a secret. */
  public String text() {
    Base64.Encoder base64 = Base64.getEncoder();
    return PREFIX
        + iterations
        + ":"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(storedKey)
        + ":"
        + base64.encodeToString(serverKey);
  }

  int iterations() {
    return iterations;
  }

  byte[] salt() {
    return salt;
  }

  byte[] storedKey() {
    return storedKey;
  }

  byte[] serverKey() {
    return serverKey;
  }

  private static int iterations(String text) {
    try {
      int n = Integer.parseInt(text);
      if (n > 0) {
        return n;
      }
    } catch (NumberFormatException e) {
      // Told below, with the text left out: it may be part of a secret put in the wrong place.
    }
    throw new IllegalArgumentException("the SCRAM verifier's iteration count is no number above 0");
  }

  private static byte[] base64(String text, String what, int bytes) {
    try {
      byte[] decoded = Base64.getDecoder().decode(text);
      if (decoded.length > 0 && (bytes == 0 || decoded.length == bytes)) {
        return decoded;
      }
    } catch (IllegalArgumentException e) {
      // Told below, with the text left out.
    }
    throw new IllegalArgumentException(
        "the SCRAM verifier's " + what + " is not base64" + (bytes == 0 ? "" : " of 32 bytes"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScramVerifier that
        && iterations == that.iterations
        && Arrays.equals(salt, that.salt)
        && MessageDigest.isEqual(storedKey, that.storedKey)
        && MessageDigest.isEqual(serverKey, that.serverKey);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(salt);
  }

  @Override
  public String toString() {
    return "ScramVerifier[iterations=" + iterations + "]";
  }
}
