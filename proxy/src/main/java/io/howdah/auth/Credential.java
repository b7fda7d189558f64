package io.howdah.auth;

import java.security.SecureRandom;

/** What the users file has about one user. {@code toString} shows no secret. */
public sealed interface Credential {

  /** A name without a secret: may enter where users are trusted, never by password. */
  record NoSecret() implements Credential {}

  /** A SCRAM verifier: proves clients, but servers only by pass-through of the client's keys. */
  record Verifier(ScramVerifier scram) implements Credential {}

  /** An MD5 hash: serves MD5 authentication at servers, and no SCRAM at all. */
  record Md5(String hash) implements Credential {
    @Override
    public String toString() {
      return "Md5[]";
    }
  }

  /** A plain password: serves every method. Thread-safe. */
  final class PlainPassword implements Credential {
    private final String password;
    private volatile ScramVerifier verifier;

    public PlainPassword(String password) {
      this.password = password;
    }

    public String password() {
      return password;
    }

    /** Makes the verifier. Costs milliseconds: {@link Users#deriveVerifiers} does it early. */
    void derive(byte[] salt) {
      verifier = ScramVerifier.derive(password, salt, ScramVerifier.DEFAULT_ITERATIONS);
    }

    /** A verifier of this password, the same at every call; with a salt of its own if none was. */
    public ScramVerifier verifier() {
      ScramVerifier known = verifier;
      if (known == null) {
        synchronized (this) {
          known = verifier;
          if (known == null) {
            known = ScramVerifier.derive(password, new SecureRandom());
            verifier = known;
          }
        }
      }
      return known;
    }

    @Override
    public String toString() {
      return "PlainPassword[]";
    }
  }

  /** The verifier that a SCRAM login of this user runs against, or null where there is none. */
  default ScramVerifier scramVerifier() {
    return switch (this) {
      case PlainPassword plain -> plain.verifier();
      case Verifier(ScramVerifier scram) -> scram;
      case NoSecret _, Md5 _ -> null;
    };
  }

  /**
   * What this credential can prove to a server on its own; a {@link Verifier} can prove nothing
   * without the keys of the client's login.
   */
  default ServerSecret serverSecret() {
    return switch (this) {
      case PlainPassword plain -> new ServerSecret.Password(plain.password());
      case Md5(String hash) -> new ServerSecret.Md5Hash(hash);
      case Verifier _, NoSecret _ -> new ServerSecret.None();
    };
  }
}
