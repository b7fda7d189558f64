package io.howdah.auth;

import io.howdah.error.PgError;
import io.howdah.error.Severity;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;

/**
 * The server's side of one SCRAM-SHA-256 login (RFC 5802, RFC 7677) as PostgreSQL speaks it: {@link
 * #first}, then {@link #last}. Nothing here is expensive: a verifier spares the server PBKDF2.
 *
 * <p>Not thread-safe; one instance a login.
 */
public final class ScramServer {
  /** The mechanism without channel binding. */
  public static final String SCRAM_SHA_256 = "SCRAM-SHA-256";

  /** The mechanism with channel binding. */
  public static final String SCRAM_SHA_256_PLUS = "SCRAM-SHA-256-PLUS";

  private static final int NONCE_BYTES = 18;

  /** What to do after a message of the client. */
  public sealed interface Step {}

  /** Send this as AuthenticationSASLContinue and wait for the next message. */
  public record Challenge(byte[] serverFirst) implements Step {}

  /** The client is who it says: send this as AuthenticationSASLFinal. */
  public record Accepted(byte[] serverFinal) implements Step {}

  /** The login failed: send this error and close. */
  public record Refused(PgError error) implements Step {}

  private final String user;
  private final ScramVerifier verifier;
  private final boolean doomed;
  private final byte[] tlsServerEndPoint;
  private final String serverNonce;

  private String gs2Header;
  private String clientFirstBare;
  private String nonce;
  private String serverFirst;
  private boolean binding;
  private byte[] clientKey;

  ScramServer(
      String user,
      ScramVerifier verifier,
      boolean doomed,
      byte[] tlsServerEndPoint,
      String serverNonce) {
    this.user = user;
    this.verifier = verifier;
    this.doomed = doomed;
    this.tlsServerEndPoint = tlsServerEndPoint == null ? null : tlsServerEndPoint.clone();
    this.serverNonce = serverNonce;
  }

  /**
   * A login of a known user.
   *
   * @param tlsServerEndPoint the channel binding data of RFC 5929, null without TLS
   */
  public static ScramServer of(String user, ScramVerifier verifier, byte[] tlsServerEndPoint) {
    return new ScramServer(user, verifier, false, tlsServerEndPoint, freshNonce());
  }

  /**
   * A login that runs as any other and fails at its end, for a user that does not exist or has no
   * secret that SCRAM can use.
   */
  public static ScramServer mock(String user, Salts salts, byte[] tlsServerEndPoint) {
    byte[] noKey = new byte[Digests.SHA_256_BYTES];
    ScramVerifier verifier =
        new ScramVerifier(
            ScramVerifier.DEFAULT_ITERATIONS, salts.saltFor(user), noKey, noKey.clone());
    return new ScramServer(user, verifier, true, tlsServerEndPoint, freshNonce());
  }

  static String freshNonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    // Made anew: kept in a static field it would be part of a native image, the same at every
    // start.
    new SecureRandom().nextBytes(nonce);
    return ScramText.base64(nonce);
  }

  /** What to offer in AuthenticationSASL, best first. */
  public List<String> mechanisms() {
    return tlsServerEndPoint == null
        ? List.of(SCRAM_SHA_256)
        : List.of(SCRAM_SHA_256_PLUS, SCRAM_SHA_256);
  }

  /**
   * Takes SASLInitialResponse.
   *
   * @param mechanism the one that the client chose
   * @param clientFirst its data
   */
  public Step first(String mechanism, byte[] clientFirst) {
    if (serverFirst != null) {
      throw new IllegalStateException("the exchange has begun");
    }
    if (!mechanisms().contains(mechanism)) {
      return refuse("client selected an invalid SASL authentication mechanism");
    }
    binding = mechanism.equals(SCRAM_SHA_256_PLUS);
    try {
      ScramText text = new ScramText(clientFirst);
      PgError fault = readGs2Header(text);
      if (fault != null) {
        return new Refused(fault);
      }
      return challenge(text);
    } catch (MalformedScram e) {
      return refuse("malformed SCRAM message: " + e.getMessage());
    }
  }

  private PgError readGs2Header(ScramText text) throws MalformedScram {
    String flag = text.field();
    PgError fault = checkBindingFlag(flag);
    if (fault != null) {
      return fault;
    }
    String authorizationId = text.field();
    if (!authorizationId.isEmpty()) {
      return notSupported("client uses authorization identity, but it is not supported");
    }
    gs2Header = flag + ",,";
    return null;
  }

  private PgError checkBindingFlag(String flag) throws MalformedScram {
    switch (flag) {
      case "n" -> {
        if (binding) {
          throw new MalformedScram("SCRAM-SHA-256-PLUS without channel binding data");
        }
        return null;
      }
      case "y" -> {
        if (binding) {
          throw new MalformedScram("SCRAM-SHA-256-PLUS without channel binding data");
        }
        // The client could bind and thinks that we can't: somebody took -PLUS out of our offer.
        return tlsServerEndPoint == null
            ? null
            : new PgError.ProtocolViolation("SCRAM channel binding negotiation error");
      }
      case "p=tls-server-end-point" -> {
        if (!binding) {
          throw new MalformedScram("channel binding data without SCRAM-SHA-256-PLUS");
        }
        return null;
      }
      default -> {
        if (flag.startsWith("p=")) {
          return new PgError.ProtocolViolation("unsupported SCRAM channel-binding type");
        }
        throw new MalformedScram("unexpected channel-binding flag");
      }
    }
  }

  private Step challenge(ScramText text) throws MalformedScram {
    int start = text.position();
    if (text.peek() == 'm') {
      return new Refused(notSupported("client requires an unsupported SCRAM extension"));
    }
    text.value('n'); // Ignored, as PostgreSQL does: the start-up packet has named the user.
    String clientNonce = ScramText.nonce(text.value('r'));
    text.skipExtensions((char) 0);
    clientFirstBare = text.since(start);
    nonce = clientNonce + serverNonce;
    serverFirst =
        "r=" + nonce + ",s=" + ScramText.base64(verifier.salt()) + ",i=" + verifier.iterations();
    return new Challenge(ScramText.bytes(serverFirst));
  }

  /** Takes SASLResponse. */
  public Step last(byte[] clientFinal) {
    if (serverFirst == null || clientKey != null) {
      throw new IllegalStateException("not waiting for the client's final message");
    }
    try {
      ScramText text = new ScramText(clientFinal);
      byte[] bound = ScramText.unbase64(text.value('c'), "the channel binding");
      String echoed = text.value('r');
      text.skipExtensions('p');
      String withoutProof = text.since(0);
      byte[] proof = ScramText.unbase64(text.value('p'), "the proof");
      if (!text.atEnd() || proof.length != Digests.SHA_256_BYTES) {
        throw new MalformedScram("garbage at the end of the client's final message");
      }
      if (!MessageDigest.isEqual(bound, expectedBinding())) {
        return refuse(
            binding
                ? "SCRAM channel binding check failed"
                : "unexpected SCRAM channel-binding attribute in client-final-message");
      }
      if (!echoed.equals(nonce)) {
        return refuse("invalid SCRAM response: nonce does not match");
      }
      return judge(proof, clientFirstBare + "," + serverFirst + "," + withoutProof);
    } catch (MalformedScram e) {
      return refuse("malformed SCRAM message: " + e.getMessage());
    }
  }

  private byte[] expectedBinding() {
    byte[] header = ScramText.bytes(gs2Header);
    if (!binding) {
      return header;
    }
    byte[] all = new byte[header.length + tlsServerEndPoint.length];
    System.arraycopy(header, 0, all, 0, header.length);
    System.arraycopy(tlsServerEndPoint, 0, all, header.length, tlsServerEndPoint.length);
    return all;
  }

  private Step judge(byte[] proof, String authMessage) {
    byte[] message = ScramText.bytes(authMessage);
    byte[] recovered = Digests.xor(proof, Digests.hmac(verifier.storedKey(), message));
    byte[] signature = Digests.hmac(verifier.serverKey(), message);
    boolean equal = MessageDigest.isEqual(Digests.sha256(recovered), verifier.storedKey());
    if (!equal || doomed) {
      return new Refused(new PgError.PasswordAuthenticationFailed(user));
    }
    clientKey = recovered;
    return new Accepted(ScramText.bytes("v=" + ScramText.base64(signature)));
  }

  /**
   * The client's keys, recovered from its proof: they log in at any server that has the same
   * verifier.
   *
   * @throws IllegalStateException before the login was accepted
   */
  public ScramKeys keys() {
    if (clientKey == null) {
      throw new IllegalStateException("not logged in");
    }
    return new ScramKeys(verifier.salt(), verifier.iterations(), clientKey, verifier.serverKey());
  }

  private static Step refuse(String message) {
    return new Refused(new PgError.ProtocolViolation(message));
  }

  private static PgError notSupported(String message) {
    return new PgError.NotSupported(Severity.FATAL, message, null);
  }
}
