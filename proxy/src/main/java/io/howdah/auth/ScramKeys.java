package io.howdah.auth;

import java.util.Arrays;

/**
 * What is enough to log in by SCRAM-SHA-256 wherever the verifier has this salt and iteration
 * count: ClientKey and ServerKey. A server recovers them from a client's own login, so a proxy that
 * holds only verifiers can log in at the server with the client's keys ("pass-through").
 *
 * <p>Immutable; {@link #toString} shows no secret.
 */
public final class ScramKeys {
  private final byte[] salt;
  private final int iterations;
  private final byte[] clientKey;
  private final byte[] serverKey;

  public ScramKeys(byte[] salt, int iterations, byte[] clientKey, byte[] serverKey) {
    this.salt = salt.clone();
    this.iterations = iterations;
    this.clientKey = clientKey.clone();
    this.serverKey = serverKey.clone();
  }

  /** Derives both keys. Costs milliseconds at PostgreSQL's 4096 iterations. */
  static ScramKeys derive(String password, byte[] salt, int iterations) {
    byte[] salted = Digests.hi(SaslPrep.passwordBytes(password), salt, iterations);
    return new ScramKeys(
        salt,
        iterations,
        Digests.hmac(salted, ScramText.bytes("Client Key")),
        Digests.hmac(salted, ScramText.bytes("Server Key")));
  }

  /** Whether these keys belong to a server's salt and iteration count. */
  public boolean fit(byte[] otherSalt, int otherIterations) {
    return iterations == otherIterations && Arrays.equals(salt, otherSalt);
  }

  ScramVerifier verifier() {
    return new ScramVerifier(iterations, salt, Digests.sha256(clientKey), serverKey);
  }

  byte[] clientKey() {
    return clientKey;
  }

  byte[] serverKey() {
    return serverKey;
  }

  @Override
  public String toString() {
    return "ScramKeys[iterations=" + iterations + "]";
  }
}
