package io.howdah.backend.login;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a server's messages for tests. */
public final class Bytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public static Bytes of() {
    return new Bytes();
  }

  public Bytes int32(int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(value >>> shift);
    }
    return this;
  }

  public Bytes int16(int value) {
    out.write(value >>> 8);
    out.write(value);
    return this;
  }

  public Bytes text(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public Bytes string(String text) {
    text(text);
    out.write(0);
    return this;
  }

  public Bytes raw(byte... bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** A whole message. */
  public Bytes message(char type, Bytes body) {
    byte[] bytes = body.array();
    out.write(type);
    int32(bytes.length + 4);
    out.writeBytes(bytes);
    return this;
  }

  public Bytes auth(int method, byte... data) {
    return message('R', of().int32(method).raw(data));
  }

  public Bytes parameter(String name, String value) {
    return message('S', of().string(name).string(value));
  }

  public Bytes key(int process, byte... key) {
    return message('K', of().int32(process).raw(key));
  }

  public Bytes ready() {
    return message('Z', of().text("I"));
  }

  public Bytes error(String code, String text) {
    return message(
        'E',
        of().string("SFATAL").string("VFATAL").string("C" + code).string("M" + text).raw((byte) 0));
  }

  public Bytes row(String... values) {
    Bytes body = of().int16(values.length);
    for (String value : values) {
      if (value == null) {
        body.int32(-1);
      } else {
        body.int32(value.getBytes(StandardCharsets.UTF_8).length).text(value);
      }
    }
    return message('D', body);
  }

  public byte[] array() {
    return out.toByteArray();
  }
}
