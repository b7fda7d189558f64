package io.howdah.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;

/**
 * PostgreSQL's MD5 authentication: {@code md5(md5(password + user) + salt)}, in hexadecimal with
 * {@code md5} in front.
 */
public final class Md5Password {
  private static final String PREFIX = "md5";
  private static final int TEXT_LENGTH = 35;

  private Md5Password() {}

  /** Whether a secret is an MD5 hash: {@code md5} and 32 hexadecimal digits. */
  public static boolean isHash(String secret) {
    return secret.length() == TEXT_LENGTH
        && secret.startsWith(PREFIX)
        && secret.chars().skip(PREFIX.length()).allMatch(HexFormat::isHexDigit);
  }

  /** What PostgreSQL stores of a password: {@code md5} and the hash of password and user name. */
  public static String hash(String password, String user) {
    return PREFIX + hex(utf8(password), utf8(user));
  }

  /**
   * The PasswordMessage that answers AuthenticationMD5Password.
   *
   * @param hash as {@link #hash} makes it
   * @param salt the four bytes that the server sent
   */
  public static String answer(String hash, byte[] salt) {
    if (!isHash(hash)) {
      throw new IllegalArgumentException("not an MD5 hash");
    }
    String digits = hash.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
    return PREFIX + hex(utf8(digits), salt);
  }

  /** Whether a client's PasswordMessage is right, in constant time. */
  public static boolean verify(String hash, byte[] salt, String answer) {
    return MessageDigest.isEqual(utf8(answer(hash, salt)), utf8(answer));
  }

  private static String hex(byte[]... parts) {
    return HexFormat.of().formatHex(Digests.md5(parts));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
