package io.howdah.auth;

/** What Howdah has to prove to a server who it is. {@code toString} shows no secret. */
public sealed interface ServerSecret {
  /** Nothing: enough where the server trusts. */
  record None() implements ServerSecret {}

  /** The password itself: serves every method. */
  record Password(String password) implements ServerSecret {
    @Override
    public String toString() {
      return "Password[]";
    }
  }

  /** Keys recovered from the client's own login: SCRAM at servers with the same verifier. */
  record Keys(ScramKeys keys) implements ServerSecret {}

  /** An {@code md5…} hash, which is all that MD5 authentication needs. */
  record Md5Hash(String hash) implements ServerSecret {
    @Override
    public String toString() {
      return "Md5Hash[]";
    }
  }
}
