package io.howdah.auth;

import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * The client's side of one SCRAM-SHA-256 login (RFC 5802, RFC 7677) as libpq speaks it: {@link
 * #clientFirst}, {@link #clientFinal}, {@link #verify}.
 *
 * <p>Not thread-safe, but the steps may run on different threads one after the other: {@link
 * #clientFinal} costs milliseconds and belongs on a worker thread.
 */
public final class ScramClient {
  /**
   * The highest iteration count that is obeyed. The server chooses it before it has proved
   * anything, and each million costs about half a second of processor time; PostgreSQL's default is
   * 4096, OWASP's advice for PBKDF2 600,000.
   */
  public static final int MAX_ITERATIONS = 10_000_000;

  private final ServerSecret secret;
  private final String mechanism;
  private final String gs2Header;
  private final byte[] tlsServerEndPoint;
  private final SaltedPasswords cache;
  private final String clientNonce;

  private String clientFirstBare;
  private byte[] expectedSignature;

  private ScramClient(
      ServerSecret secret,
      boolean binding,
      boolean offeredBinding,
      byte[] tlsServerEndPoint,
      SaltedPasswords cache,
      String clientNonce) {
    this.secret = secret;
    this.mechanism = binding ? ScramServer.SCRAM_SHA_256_PLUS : ScramServer.SCRAM_SHA_256;
    this.tlsServerEndPoint = binding ? tlsServerEndPoint.clone() : new byte[0];
    this.cache = cache;
    this.clientNonce = clientNonce;
    if (binding) {
      gs2Header = "p=tls-server-end-point,,";
    } else {
      // "y": we could have bound, so a server that offered -PLUS will see that its offer was
      // forged.
      gs2Header = tlsServerEndPoint != null && !offeredBinding ? "y,," : "n,,";
    }
  }

  /**
   * Begins a login, or says that none of the mechanisms offered can be used.
   *
   * @param secret a password, or keys recovered from the client's login
   * @param offered the mechanisms of AuthenticationSASL
   * @param tlsServerEndPoint the channel binding data of RFC 5929, null without TLS; -PLUS is never
   *     chosen without it
   */
  public static Optional<ScramClient> choose(
      ServerSecret secret, List<String> offered, byte[] tlsServerEndPoint, SaltedPasswords cache) {
    return choose(secret, offered, tlsServerEndPoint, cache, ScramServer.freshNonce());
  }

  static Optional<ScramClient> choose(
      ServerSecret secret,
      List<String> offered,
      byte[] tlsServerEndPoint,
      SaltedPasswords cache,
      String clientNonce) {
    boolean offersPlus = offered.contains(ScramServer.SCRAM_SHA_256_PLUS);
    boolean binding = offersPlus && tlsServerEndPoint != null;
    if (!binding && !offered.contains(ScramServer.SCRAM_SHA_256)) {
      return Optional.empty();
    }
    return Optional.of(
        new ScramClient(secret, binding, offersPlus, tlsServerEndPoint, cache, clientNonce));
  }

  /** The mechanism chosen, for SASLInitialResponse. */
  public String mechanism() {
    return mechanism;
  }

  /** The data of SASLInitialResponse. */
  public byte[] clientFirst() {
    return clientFirst("");
  }

  /** PostgreSQL ignores {@code user}; the RFC's test vector needs it. */
  byte[] clientFirst(String user) {
    clientFirstBare = "n=" + user + ",r=" + clientNonce;
    return ScramText.bytes(gs2Header + clientFirstBare);
  }

  /**
   * Takes AuthenticationSASLContinue and returns the data of SASLResponse. May cost milliseconds
   * and more, see {@link #MAX_ITERATIONS}: not for an event loop.
   *
   * @throws ScramFailure when the server's message is wrong, or the secret does not fit
   */
  public byte[] clientFinal(byte[] serverFirst) throws ScramFailure {
    if (clientFirstBare == null || expectedSignature != null) {
      throw new IllegalStateException("not waiting for the server's first message");
    }
    try {
      ScramText text = new ScramText(serverFirst);
      if (text.peek() == 'm') {
        throw new ScramFailure("the server requires an unsupported SCRAM extension");
      }
      String nonce = ScramText.nonce(text.value('r'));
      byte[] salt = ScramText.unbase64(text.value('s'), "the salt");
      int iterations = iterations(text.value('i'));
      text.skipExtensions((char) 0);
      if (!nonce.startsWith(clientNonce) || nonce.length() == clientNonce.length()) {
        throw new ScramFailure("the server's SCRAM nonce does not extend ours");
      }
      if (salt.length == 0) {
        throw new ScramFailure("the server's SCRAM salt is empty");
      }
      return prove(keys(salt, iterations), nonce, serverFirst);
    } catch (MalformedScram e) {
      throw new ScramFailure("malformed SCRAM message of the server: " + e.getMessage());
    }
  }

  private static int iterations(String text) throws ScramFailure {
    try {
      int n = Integer.parseInt(text);
      if (n >= 1 && n <= MAX_ITERATIONS) {
        return n;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new ScramFailure(
        "the server's SCRAM iteration count is not between 1 and " + MAX_ITERATIONS);
  }

  private ScramKeys keys(byte[] salt, int iterations) throws ScramFailure {
    return switch (secret) {
      case ServerSecret.Password(String password) -> cache.keys(password, salt, iterations);
      case ServerSecret.Keys(ScramKeys keys) -> {
        if (!keys.fit(salt, iterations)) {
          throw new ScramFailure(
              "the SCRAM verifier in the users file is not the server's (salt or iterations"
                  + " differ)");
        }
        yield keys;
      }
      case ServerSecret.None _, ServerSecret.Md5Hash _ ->
          throw new ScramFailure("the server wants SCRAM-SHA-256, which needs the password");
    };
  }

  private byte[] prove(ScramKeys keys, String nonce, byte[] serverFirst) {
    String withoutProof = "c=" + ScramText.base64(boundData()) + ",r=" + nonce;
    byte[][] authMessage = {
      ScramText.bytes(clientFirstBare + ","), serverFirst, ScramText.bytes("," + withoutProof)
    };
    byte[] storedKey = Digests.sha256(keys.clientKey());
    byte[] proof = Digests.xor(keys.clientKey(), Digests.hmac(storedKey, authMessage));
    expectedSignature = Digests.hmac(keys.serverKey(), authMessage);
    return ScramText.bytes(withoutProof + ",p=" + ScramText.base64(proof));
  }

  private byte[] boundData() {
    byte[] header = ScramText.bytes(gs2Header);
    byte[] all = new byte[header.length + tlsServerEndPoint.length];
    System.arraycopy(header, 0, all, 0, header.length);
    System.arraycopy(tlsServerEndPoint, 0, all, header.length, tlsServerEndPoint.length);
    return all;
  }

  /**
   * Takes AuthenticationSASLFinal: whether the server knows the secret too.
   *
   * @throws ScramFailure when it does not prove so
   */
  public void verify(byte[] serverFinal) throws ScramFailure {
    if (expectedSignature == null) {
      throw new IllegalStateException("not waiting for the server's final message");
    }
    try {
      ScramText text = new ScramText(serverFinal);
      if (text.peek() == 'e') {
        throw new ScramFailure("the server ended the SCRAM exchange: " + text.value('e'));
      }
      byte[] signature = ScramText.unbase64(text.value('v'), "the server's signature");
      text.skipExtensions((char) 0);
      if (!MessageDigest.isEqual(signature, expectedSignature)) {
        throw new ScramFailure(
            "the server's SCRAM signature is wrong: it does not know the secret");
      }
    } catch (MalformedScram e) {
      throw new ScramFailure("malformed SCRAM message of the server: " + e.getMessage());
    }
  }
}
