package io.howdah.backend.login;

import io.howdah.auth.Md5Password;
import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.ScramClient;
import io.howdah.auth.ScramFailure;
import io.howdah.auth.ServerSecret;
import io.howdah.backend.transport.MessageReader;
import io.howdah.error.PgError;
import io.howdah.wire.BackendType;
import io.howdah.wire.CString;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.MalformedMessage;
import io.howdah.wire.Protocol;
import io.howdah.wire.StartupMessages;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What to answer to each message of a server during the start-up of a connection (PostgreSQL,
 * section 54.2.1). Knows no channel and no clock.
 */
final class LoginDialogue {
  private static final int AUTH_OK = 0;
  private static final int AUTH_CLEARTEXT = 3;
  private static final int AUTH_MD5 = 5;
  private static final int AUTH_SASL = 10;
  private static final int AUTH_SASL_CONTINUE = 11;
  private static final int AUTH_SASL_FINAL = 12;
  private static final int MAX_PARAMETERS = 1000;

  /** What to do after a message. */
  sealed interface Reaction {}

  /** Wait for the next message. */
  record Await() implements Reaction {}

  /** Send what {@code writer} writes, then wait. */
  record Send(Consumer<ByteBuf> writer) implements Reaction {}

  /** Work out the SCRAM proof on a worker thread, send it as SASLResponse, then wait. */
  record Prove(ScramClient client, byte[] serverFirst) implements Reaction {}

  /** Logged in. */
  record Finish() implements Reaction {}

  /** Give up. */
  record Fail(PgError error) implements Reaction {}

  private enum Phase {
    OPENING,
    PASSWORD_SENT,
    SASL_BEGUN,
    SASL_PROVED,
    SASL_VERIFIED,
    AUTHENTICATED
  }

  private static final Reaction AWAIT = new Await();

  private final LoginRequest request;
  private final SaltedPasswords cache;
  private final String server;
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private Phase phase = Phase.OPENING;
  private ScramClient scram;
  private int processId;
  private byte[] secretKey = new byte[0];
  private int protocolVersion;

  LoginDialogue(LoginRequest request, SaltedPasswords cache) {
    this.request = request;
    this.cache = cache;
    this.server = request.node().toString();
    this.protocolVersion = request.protocolVersion();
  }

  Map<String, String> parameters() {
    return parameters;
  }

  int processId() {
    return processId;
  }

  byte[] secretKey() {
    return secretKey;
  }

  int protocolVersion() {
    return protocolVersion;
  }

  /**
   * Takes one message.
   *
   * @throws MalformedMessage when its body is wrong
   */
  Reaction receive(byte type, ByteBuf body) {
    try {
      return switch (type) {
        case BackendType.ERROR_RESPONSE -> refused(ErrorFields.read(body));
        case BackendType.NOTICE_RESPONSE -> AWAIT;
        case BackendType.AUTHENTICATION -> authentication(body);
        case BackendType.NEGOTIATE_PROTOCOL_VERSION -> negotiate(body);
        case BackendType.PARAMETER_STATUS -> parameter(expectAuthenticated(type, body));
        case BackendType.BACKEND_KEY_DATA -> keyData(expectAuthenticated(type, body));
        case BackendType.READY_FOR_QUERY -> ready(expectAuthenticated(type, body));
        default -> throw unexpected(type);
      };
    } catch (IndexOutOfBoundsException e) {
      throw new MalformedMessage(
          "a message of type " + MessageReader.printable(type) + " is too short");
    }
  }

  private Reaction authentication(ByteBuf body) {
    int method = body.readInt();
    return switch (method) {
      case AUTH_OK -> authenticated();
      case AUTH_CLEARTEXT -> cleartext();
      case AUTH_MD5 -> md5(body);
      case AUTH_SASL -> sasl(body);
      case AUTH_SASL_CONTINUE -> saslContinue(body);
      case AUTH_SASL_FINAL -> saslFinal(body);
      default ->
          failed(
              "it asks for authentication method " + method + ", which Howdah does not have",
              "Give Howdah's host scram-sha-256 in the server's pg_hba.conf.");
    };
  }

  private Reaction authenticated() {
    return switch (phase) {
      case OPENING, PASSWORD_SENT, SASL_VERIFIED -> {
        phase = Phase.AUTHENTICATED;
        yield AWAIT;
      }
      // A server that does not know our secret would like to skip its proof.
      case SASL_BEGUN, SASL_PROVED ->
          failed("it ended the SCRAM exchange without proving who it is", null);
      case AUTHENTICATED -> throw new MalformedMessage("AuthenticationOk came twice");
    };
  }

  private Reaction cleartext() {
    expect(Phase.OPENING, "AuthenticationCleartextPassword");
    if (!(request.secret() instanceof ServerSecret.Password(String password))) {
      return noPassword("a password");
    }
    phase = Phase.PASSWORD_SENT;
    return new Send(out -> StartupMessages.password(out, password));
  }

  private Reaction md5(ByteBuf body) {
    expect(Phase.OPENING, "AuthenticationMD5Password");
    byte[] salt = bytes(body.readSlice(4));
    String hash =
        switch (request.secret()) {
          case ServerSecret.Password(String password) -> Md5Password.hash(password, request.user());
          case ServerSecret.Md5Hash(String stored) -> stored;
          case ServerSecret.None _, ServerSecret.Keys _ -> null;
        };
    if (hash == null) {
      return noPassword("an MD5 password");
    }
    phase = Phase.PASSWORD_SENT;
    return new Send(out -> StartupMessages.password(out, Md5Password.answer(hash, salt)));
  }

  private Reaction sasl(ByteBuf body) {
    expect(Phase.OPENING, "AuthenticationSASL");
    List<String> offered = new ArrayList<>();
    for (String name = CString.read(body); !name.isEmpty(); name = CString.read(body)) {
      offered.add(name);
    }
    Optional<ScramClient> client = ScramClient.choose(request.secret(), offered, null, cache);
    if (client.isEmpty()) {
      return failed(
          "it offers only the SASL mechanisms " + offered + ", Howdah has SCRAM-SHA-256", null);
    }
    if (request.secret() instanceof ServerSecret.None
        || request.secret() instanceof ServerSecret.Md5Hash) {
      return noPassword("SCRAM-SHA-256");
    }
    scram = client.get();
    phase = Phase.SASL_BEGUN;
    return new Send(
        out -> StartupMessages.saslInitialResponse(out, scram.mechanism(), scram.clientFirst()));
  }

  private Reaction saslContinue(ByteBuf body) {
    expect(Phase.SASL_BEGUN, "AuthenticationSASLContinue");
    phase = Phase.SASL_PROVED;
    return new Prove(scram, bytes(body));
  }

  private Reaction saslFinal(ByteBuf body) {
    expect(Phase.SASL_PROVED, "AuthenticationSASLFinal");
    try {
      scram.verify(bytes(body));
    } catch (ScramFailure e) {
      return failed(e.getMessage(), null);
    }
    phase = Phase.SASL_VERIFIED;
    return AWAIT;
  }

  private Reaction negotiate(ByteBuf body) {
    expect(Phase.OPENING, "NegotiateProtocolVersion");
    int theirs = body.readInt();
    // There never was a 3.1. Howdah sends no protocol options, so there is nothing else to refuse.
    boolean older = theirs == Protocol.VERSION_3_0 && protocolVersion > theirs;
    if (!older || body.readInt() != 0 || body.isReadable()) {
      throw new MalformedMessage(
          "the server wants protocol " + (theirs >>> 16) + "." + (theirs & 0xFFFF));
    }
    protocolVersion = theirs;
    return AWAIT;
  }

  private Reaction parameter(ByteBuf body) {
    if (parameters.size() >= MAX_PARAMETERS) {
      throw new MalformedMessage("more than " + MAX_PARAMETERS + " parameters");
    }
    String name = CString.read(body);
    parameters.put(name, CString.read(body));
    return AWAIT;
  }

  private Reaction keyData(ByteBuf body) {
    processId = body.readInt();
    secretKey = bytes(body);
    int longest = protocolVersion >= Protocol.VERSION_3_2 ? Protocol.MAX_CANCEL_KEY_BYTES : 4;
    if (secretKey.length < 4 || secretKey.length > longest) {
      throw new MalformedMessage("a cancel key of " + secretKey.length + " bytes");
    }
    return AWAIT;
  }

  private static Reaction ready(ByteBuf body) {
    if (body.readByte() != 'I') {
      throw new MalformedMessage("the first ReadyForQuery is not idle");
    }
    return new Finish();
  }

  private Reaction refused(ErrorFields error) {
    return new Fail(
        new PgError.ServerLoginRefused(
            server, error.code(), error.message(), error.detail(), error.hint()));
  }

  private Reaction noPassword(String wanted) {
    return failed(
        "it wants " + wanted + ", and Howdah has nothing for user \"" + request.user() + "\"",
        "Give the user's plain password in the users file or the database's entry.");
  }

  private Reaction failed(String reason, String hint) {
    return new Fail(new PgError.ServerLoginFailed(server, reason, hint));
  }

  private void expect(Phase expected, String message) {
    if (phase != expected) {
      throw new MalformedMessage(message + " came out of turn");
    }
  }

  private ByteBuf expectAuthenticated(byte type, ByteBuf body) {
    if (phase != Phase.AUTHENTICATED) {
      throw unexpected(type);
    }
    return body;
  }

  private static MalformedMessage unexpected(byte type) {
    return new MalformedMessage(
        "a message of type " + MessageReader.printable(type) + " during the login");
  }

  private static byte[] bytes(ByteBuf body) {
    byte[] all = new byte[body.readableBytes()];
    body.readBytes(all);
    return all;
  }
}
