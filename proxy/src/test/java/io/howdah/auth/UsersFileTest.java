package io.howdah.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersFileTest {
  private static final String VERIFIER =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
          + ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  @Test
  void readsEveryKindOfSecret() throws InvalidUsersFile {
    Users users =
        parse(
            """
            ; a comment
            # another

            "plain" "pass word"
              "scram" "%s"   the rest of a line is ignored
            "md5"	"md55d41402abc4b2a76b9719d911017c592"
            "quo""ted" "a""b"
            "none" ""
            "tight"    "x"
            "jürgen" "pä;#ss"\r
            """
                .formatted(VERIFIER));
    assertThat(users.names())
        .containsExactly("plain", "scram", "md5", "quo\"ted", "none", "tight", "jürgen");
    assertThat(password(users, "plain")).isEqualTo("pass word");
    assertThat(password(users, "quo\"ted")).isEqualTo("a\"b");
    assertThat(password(users, "jürgen")).isEqualTo("pä;#ss");
    assertThat(users.credential("scram"))
        .isEqualTo(new Credential.Verifier(ScramVerifier.parse(VERIFIER)));
    assertThat(users.credential("md5"))
        .isEqualTo(new Credential.Md5("md55d41402abc4b2a76b9719d911017c592"));
    assertThat(users.credential("none")).isEqualTo(new Credential.NoSecret());
    assertThat(users.credential("nobody")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "alice \"x\"|the user name is missing or has no quotes",
        "\"alice\"|the secret is missing or has no quotes",
        "\"alice\" hunter2|the secret is missing or has no quotes",
        "\"alice|the user name's closing quote is missing",
        "\"alice\" \"hunter2|the secret's closing quote is missing",
        "\"\" \"hunter2\"|the user name is empty",
        "\"alice\" \"SCRAM-SHA-256$hunter2\"|a SCRAM verifier is",
      })
  void faultyLines(String line, String problem) {
    InvalidUsersFile e = invalid("\n" + line + "\n");
    assertThat(e.faults()).singleElement().asString().startsWith("line 2: " + problem);
    assertThat(e).hasMessageNotContaining("hunter2");
  }

  @Test
  void everyFaultIsToldAtOnce() {
    byte[] notUtf8 = "\"a\" \"1\"\nx\n\"a\" \"2\"\n\"?\" \"\"".getBytes(StandardCharsets.UTF_8);
    notUtf8[notUtf8.length - 5] = (byte) 0xFF;
    InvalidUsersFile e =
        catchThrowableOfType(
            InvalidUsersFile.class, () -> UsersFile.parse(notUtf8, "f", List.of()));
    assertThat(e.faults())
        .containsExactly(
            "line 2: the user name is missing or has no quotes; a line is \"user\" \"secret\"",
            "line 3: repeats user \"a\" of line 1",
            "line 4: is not UTF-8");
  }

  @Test
  void plainPasswordHasOneVerifier() throws InvalidUsersFile {
    Users users = parse("\"a\" \"x\"\n\"b\" \"\"\n");
    users.deriveVerifiers(Salts.random(new SecureRandom()));
    Credential plain = users.credential("a");
    assertThat(plain.scramVerifier()).isSameAs(plain.scramVerifier());
    assertThat(users.credential("b").scramVerifier()).isNull();
  }

  /** Else whoever asks twice learns who has a password here. */
  @Test
  void saltsAreTheSameAfterAReload() throws InvalidUsersFile {
    Salts salts = Salts.of("a secret that lasts");
    Users before = parse("\"a\" \"x\"\n");
    Users after = parse("\"a\" \"y\"\n");
    before.deriveVerifiers(salts);
    after.deriveVerifiers(Salts.of("a secret that lasts"));
    byte[] salt = before.credential("a").scramVerifier().salt();
    assertThat(after.credential("a").scramVerifier().salt()).isEqualTo(salt);
    assertThat(salts.saltFor("a")).as("what it would get if it did not exist").isEqualTo(salt);
    assertThat(salts.saltFor("b")).isNotEqualTo(salt);
  }

  @Test
  void showsNoSecret() throws InvalidUsersFile {
    Users users = parse("\"a\" \"hunter2\"\n\"b\" \"md55d41402abc4b2a76b9719d911017c592\"\n");
    assertThat(users.toString() + users.credentials() + users.credential("a").serverSecret())
        .doesNotContain("hunter2")
        .doesNotContain("5d41402");
    assertThat(users.credential("b").serverSecret().toString()).doesNotContain("5d41402");
  }

  @Test
  void warnsOfAFileThatEverybodyReads(@TempDir Path dir) throws IOException, InvalidUsersFile {
    Path file = Files.writeString(dir.resolve("users.txt"), "\"a\" \"x\"\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(UsersFile.load(file).warnings()).singleElement().asString().contains("readable");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(UsersFile.load(file).warnings()).isEmpty();
  }

  @Test
  void refusesWhatIsTooLargeOrMissing(@TempDir Path dir) throws IOException {
    Path large = Files.write(dir.resolve("large.txt"), new byte[UsersFile.MAX_BYTES + 1]);
    assertThatThrownBy(() -> UsersFile.load(large))
        .isInstanceOf(InvalidUsersFile.class)
        .hasMessageContaining("larger than 16 MiB");
    assertThatThrownBy(() -> UsersFile.load(dir.resolve("none.txt")))
        .isInstanceOf(NoSuchFileException.class);
  }

  private static String password(Users users, String user) {
    return ((Credential.PlainPassword) users.credential(user)).password();
  }

  private static Users parse(String text) throws InvalidUsersFile {
    return UsersFile.parse(text.getBytes(StandardCharsets.UTF_8), "users.txt", List.of());
  }

  private static InvalidUsersFile invalid(String text) {
    return catchThrowableOfType(InvalidUsersFile.class, () -> parse(text));
  }
}
