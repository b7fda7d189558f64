package io.howdah.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.error.PgError;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramTest {
  private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
  private static final ScramVerifier PENCIL = ScramVerifier.derive("pencil", SALT, 4096);
  private static final List<String> PLAIN = List.of("SCRAM-SHA-256");
  private static final List<String> BOTH = List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");
  private static final byte[] END_POINT = {1, 2, 3, 4};

  private final SaltedPasswords cache = new SaltedPasswords(8);

  // RFC 7677, section 3.
  private static final String RFC_CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String RFC_SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String RFC_CLIENT_FIRST = "n,,n=user,r=" + RFC_CLIENT_NONCE;
  private static final String RFC_SERVER_FIRST =
      "r=" + RFC_CLIENT_NONCE + RFC_SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  private static final String RFC_CLIENT_FINAL =
      "c=biws,r="
          + RFC_CLIENT_NONCE
          + RFC_SERVER_NONCE
          + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final String RFC_SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  @Test
  void clientSpeaksTheVectorOfRfc7677() throws ScramFailure {
    ScramClient client =
        ScramClient.choose(password("pencil"), PLAIN, null, cache, RFC_CLIENT_NONCE).orElseThrow();
    assertThat(client.mechanism()).isEqualTo("SCRAM-SHA-256");
    assertThat(text(client.clientFirst("user"))).isEqualTo(RFC_CLIENT_FIRST);
    assertThat(text(client.clientFinal(bytes(RFC_SERVER_FIRST)))).isEqualTo(RFC_CLIENT_FINAL);
    client.verify(bytes(RFC_SERVER_FINAL));
  }

  @Test
  void serverSpeaksTheVectorOfRfc7677() {
    ScramServer server = rfcServer(false);
    assertThat(challenge(server.first("SCRAM-SHA-256", bytes(RFC_CLIENT_FIRST))))
        .isEqualTo(RFC_SERVER_FIRST);
    assertThat(server.last(bytes(RFC_CLIENT_FINAL)))
        .isInstanceOfSatisfying(
            ScramServer.Accepted.class,
            a -> assertThat(text(a.serverFinal())).isEqualTo(RFC_SERVER_FINAL));
  }

  @Test
  void bothSidesAgree() throws ScramFailure {
    for (String password : List.of("pencil", "", "pä ss\u00ADwörd", "\u0627a", "p,=\"")) {
      ScramVerifier verifier = ScramVerifier.derive(password, new SecureRandom());
      ScramServer server = ScramServer.of("u", verifier, null);
      login(server, client(password(password), null));
      assertThat(server.keys().verifier()).isEqualTo(verifier);
    }
  }

  @Test
  void bindsTheChannelWhenBothCan() throws ScramFailure {
    ScramServer server = ScramServer.of("u", PENCIL, END_POINT);
    ScramClient client = client(password("pencil"), END_POINT, server.mechanisms());
    assertThat(client.mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
    login(server, client);
  }

  @Test
  void channelOfAnotherIsRefused() throws ScramFailure {
    ScramServer server = ScramServer.of("u", PENCIL, END_POINT);
    ScramClient client = client(password("pencil"), new byte[] {9}, server.mechanisms());
    byte[] first = bytes(challenge(server.first(client.mechanism(), client.clientFirst())));
    assertRefused(server.last(client.clientFinal(first)), "08P01", "channel binding check failed");
  }

  @Test
  void strippedOfferOfBindingIsNoticed() {
    ScramServer server = ScramServer.of("u", PENCIL, END_POINT);
    ScramClient client = client(password("pencil"), END_POINT, PLAIN);
    assertThat(text(client.clientFirst())).startsWith("y,,");
    assertRefused(
        server.first(client.mechanism(), client.clientFirst()), "08P01", "negotiation error");
  }

  @Test
  void withoutTlsTheClientNeverPicksPlus() {
    assertThat(client(password("x"), null, BOTH).mechanism()).isEqualTo("SCRAM-SHA-256");
    assertThat(ScramClient.choose(password("x"), List.of("SCRAM-SHA-256-PLUS"), null, cache))
        .isEmpty();
    assertThat(ScramClient.choose(password("x"), List.of("OAUTHBEARER"), END_POINT, cache))
        .isEmpty();
  }

  @Test
  void keysOfTheClientsLoginLogInAtTheServer() throws ScramFailure {
    ScramServer front = ScramServer.of("u", PENCIL, null);
    login(front, client(password("pencil"), null));

    login(ScramServer.of("u", PENCIL, null), client(new ServerSecret.Keys(front.keys()), null));

    ScramVerifier otherSalt = ScramVerifier.derive("pencil", new SecureRandom());
    ScramServer back = ScramServer.of("u", otherSalt, null);
    ScramClient client = client(new ServerSecret.Keys(front.keys()), null);
    byte[] first = bytes(challenge(back.first(client.mechanism(), client.clientFirst())));
    assertThatThrownBy(() -> client.clientFinal(first))
        .isInstanceOf(ScramFailure.class)
        .hasMessageContaining("not the server's");
  }

  @Test
  void wrongPasswordAndUnknownUserLookTheSame() throws ScramFailure {
    Salts salts = Salts.random(new SecureRandom());
    wrongLogin(ScramServer.of("u", PENCIL, null));
    String first = wrongLogin(ScramServer.mock("u", salts, null));
    String second = wrongLogin(ScramServer.mock("u", salts, null));
    assertThat(second).as("one salt a user").endsWith(first.substring(first.indexOf(",s=")));
    assertThat(salts.saltFor("a")).isNotEqualTo(salts.saltFor("b"));
  }

  private String wrongLogin(ScramServer server) throws ScramFailure {
    ScramClient client = client(password("wrong"), null);
    String first = challenge(server.first(client.mechanism(), client.clientFirst()));
    assertThat(first).matches("r=[!-~]{48},s=[A-Za-z0-9+/]{22}==,i=4096");
    assertRefused(
        server.last(client.clientFinal(bytes(first))),
        "28P01",
        "password authentication failed for user \"u\"");
    assertThatThrownBy(server::keys).isInstanceOf(IllegalStateException.class);
    return first;
  }

  @Test
  void mockExchangeFailsEvenForTheRightProof() {
    ScramServer server = rfcServer(true);
    server.first("SCRAM-SHA-256", bytes(RFC_CLIENT_FIRST));
    assertRefused(server.last(bytes(RFC_CLIENT_FINAL)), "28P01", "password authentication failed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x,,n=,r=abc|08P01|channel-binding flag",
        "''|08P01|channel-binding flag",
        "n|08P01|attribute \"n\"",
        "n,,|08P01|attribute \"n\"",
        "n,a=admin,n=,r=abc|0A000|authorization identity",
        "n,,m=ext,n=,r=abc|0A000|unsupported SCRAM extension",
        "n,,n=|08P01|attribute \"r\"",
        "n,,r=abc,n=|08P01|attribute \"n\"",
        "n,,n=,r=|08P01|nonce",
        "n,,n=,r=a\u0001b|08P01|nonce",
        "n,,n=,r=abc,??|08P01|attribute",
        "p=tls-server-end-point,,n=,r=abc|08P01|without SCRAM-SHA-256-PLUS",
        "p=tls-unique,,n=,r=abc|08P01|channel-binding type",
      })
  void tamperedClientFirst(String message, String sqlstate, String words) {
    assertRefused(
        ScramServer.of("u", PENCIL, null).first("SCRAM-SHA-256", bytes(message)), sqlstate, words);
  }

  @Test
  void mechanismNotOffered() {
    for (String mechanism : List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1", "")) {
      assertRefused(
          ScramServer.of("u", PENCIL, null).first(mechanism, bytes("n,,n=,r=abc")),
          "08P01",
          "invalid SASL authentication mechanism");
    }
    assertRefused(
        ScramServer.of("u", PENCIL, END_POINT).first("SCRAM-SHA-256-PLUS", bytes("n,,n=,r=abc")),
        "08P01",
        "without channel binding data");
  }

  @ParameterizedTest
  @CsvSource({
    "c=biws, c=eSws, 08P01, channel-binding attribute",
    "c=biws, c=!, 08P01, base64",
    "c=biws, d=biws, 08P01, attribute",
    "r=rOpr, r=xOpr, 08P01, nonce does not match",
    "$k0, $k0x, 08P01, nonce does not match",
    "p=dHz, p=eHz, 28P01, password authentication failed",
    "p=dHzb, p=, 08P01, garbage",
    "p=dHz, p=!!!, 08P01, base64",
    "'VQ=', 'VQ=,x=y', 08P01, garbage",
    "',p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', '', 08P01, attribute",
  })
  void tamperedClientFinal(String cut, String put, String sqlstate, String words) {
    ScramServer server = rfcServer(false);
    server.first("SCRAM-SHA-256", bytes(RFC_CLIENT_FIRST));
    assertThat(RFC_CLIENT_FINAL).contains(cut);
    assertRefused(server.last(bytes(RFC_CLIENT_FINAL.replace(cut, put))), sqlstate, words);
  }

  @Test
  void unknownExtensionsAreIgnoredAndAuthenticated() {
    ScramServer server = rfcServer(false);
    server.first("SCRAM-SHA-256", bytes(RFC_CLIENT_FIRST));
    // Not part of what the client signed, so the proof no longer fits: ignored, not dropped.
    assertRefused(
        server.last(bytes(RFC_CLIENT_FINAL.replace(",p=", ",x=y,p="))), "28P01", "password");
  }

  @ParameterizedTest
  @CsvSource({
    "r=rOpr, r=xOpr, nonce",
    "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0, '', does not extend ours",
    "r=rOpr, m=rOpr, extension",
    "i=4096, i=0, iteration count",
    "i=4096, i=10000001, iteration count",
    "i=4096, i=99999999999, iteration count",
    "i=4096, i=x, iteration count",
    "s=W22ZaJ0SNY7soEsUEjb6gQ==, s=, salt",
    "s=W, s=!, base64",
    "',i=4096', '', attribute",
  })
  void tamperedServerFirst(String cut, String put, String words) {
    ScramClient client =
        ScramClient.choose(password("pencil"), PLAIN, null, cache, RFC_CLIENT_NONCE).orElseThrow();
    client.clientFirst("user");
    assertThat(RFC_SERVER_FIRST).contains(cut);
    assertThatThrownBy(() -> client.clientFinal(bytes(RFC_SERVER_FIRST.replace(cut, put))))
        .isInstanceOf(ScramFailure.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("pencil");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        "v=",
        "v=!",
        "",
        "e=other-error",
        "x=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
      })
  void tamperedServerFinal(String message) throws ScramFailure {
    ScramClient client =
        ScramClient.choose(password("pencil"), PLAIN, null, cache, RFC_CLIENT_NONCE).orElseThrow();
    client.clientFirst("user");
    client.clientFinal(bytes(RFC_SERVER_FIRST));
    assertThatThrownBy(() -> client.verify(bytes(message))).isInstanceOf(ScramFailure.class);
  }

  @Test
  void secretsThatCannotProve() {
    for (ServerSecret secret :
        List.of(
            new ServerSecret.None(),
            new ServerSecret.Md5Hash("md55d41402abc4b2a76b9719d911017c592"))) {
      ScramClient client =
          ScramClient.choose(secret, PLAIN, null, cache, RFC_CLIENT_NONCE).orElseThrow();
      client.clientFirst();
      assertThatThrownBy(() -> client.clientFinal(bytes(RFC_SERVER_FIRST)))
          .isInstanceOf(ScramFailure.class)
          .hasMessageContaining("needs the password");
    }
  }

  @Test
  void cacheIsBoundedAndKeepsPasswordsApart() {
    SaltedPasswords small = new SaltedPasswords(2);
    ScramKeys a = small.keys("a", SALT, 2);
    assertThat(small.keys("a", SALT, 2)).isSameAs(a);
    assertThat(small.keys("b", SALT, 2).clientKey()).isNotEqualTo(a.clientKey());
    assertThat(small.keys("a", SALT, 2)).isSameAs(a);
    small.keys("a", SALT, 3);
    assertThat(small.size()).isEqualTo(2);
    assertThat(small.keys("a", SALT, 2)).as("recently used stays").isSameAs(a);
  }

  private static ScramServer rfcServer(boolean doomed) {
    return new ScramServer("user", PENCIL, doomed, null, RFC_SERVER_NONCE);
  }

  private ScramClient client(ServerSecret secret, byte[] endPoint) {
    return client(secret, endPoint, PLAIN);
  }

  private ScramClient client(ServerSecret secret, byte[] endPoint, List<String> offered) {
    return ScramClient.choose(secret, offered, endPoint, cache).orElseThrow();
  }

  private static void login(ScramServer server, ScramClient client) throws ScramFailure {
    String first = challenge(server.first(client.mechanism(), client.clientFirst()));
    ScramServer.Step end = server.last(client.clientFinal(bytes(first)));
    assertThat(end).isInstanceOf(ScramServer.Accepted.class);
    client.verify(((ScramServer.Accepted) end).serverFinal());
  }

  private static String challenge(ScramServer.Step step) {
    assertThat(step).isInstanceOf(ScramServer.Challenge.class);
    return text(((ScramServer.Challenge) step).serverFirst());
  }

  private static void assertRefused(ScramServer.Step step, String sqlstate, String words) {
    assertThat(step).isInstanceOf(ScramServer.Refused.class);
    PgError error = ((ScramServer.Refused) step).error();
    assertThat(error.sqlstate().code()).isEqualTo(sqlstate);
    assertThat(error.message()).contains(words);
  }

  private static ServerSecret password(String password) {
    return new ServerSecret.Password(password);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
