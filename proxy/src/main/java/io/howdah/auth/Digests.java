package io.howdah.auth;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/** The hash functions of SCRAM-SHA-256 and MD5 authentication; every JDK has them. */
final class Digests {
  /** Bytes of a SHA-256 digest and of every SCRAM-SHA-256 key. */
  static final int SHA_256_BYTES = 32;

  private static final String HMAC = "HmacSHA256";

  private Digests() {}

  static byte[] sha256(byte[]... parts) {
    return digest("SHA-256", parts);
  }

  static byte[] md5(byte[]... parts) {
    return digest("MD5", parts);
  }

  static byte[] hmac(byte[] key, byte[]... parts) {
    Mac mac = mac(key);
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }

  /**
   * Hi() of RFC 5802: PBKDF2 with HMAC-SHA-256 and one block. Costs milliseconds; never on an event
   * loop. Written out because the JDK's PBKDF2 takes characters, where PostgreSQL takes bytes that
   * need not be UTF-8.
   */
  static byte[] hi(byte[] password, byte[] salt, int iterations) {
    Mac mac = mac(password);
    mac.update(salt);
    mac.update(new byte[] {0, 0, 0, 1});
    byte[] u = mac.doFinal();
    byte[] sum = u.clone();
    try {
      for (int i = 1; i < iterations; i++) {
        mac.update(u);
        mac.doFinal(u, 0);
        for (int j = 0; j < sum.length; j++) {
          sum[j] ^= u[j];
        }
      }
    } catch (ShortBufferException e) {
      throw new IllegalStateException(e);
    }
    return sum;
  }

  static byte[] xor(byte[] a, byte[] b) {
    byte[] out = new byte[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (a[i] ^ b[i]);
    }
    return out;
  }

  private static byte[] digest(String algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      // HMAC fills a short key up with zeros, so one zero byte is the empty key, which Java
      // refuses.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, HMAC));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }
}
