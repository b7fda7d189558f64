package io.howdah.simulated;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Gathers the messages of a server. */
final class Output {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  void message(char type, byte... body) {
    try {
      out.writeByte(type);
      out.writeInt(body.length + 4);
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void text(char type, String body) {
    message(type, body.getBytes(StandardCharsets.UTF_8));
  }

  void error(String severity, String code, String message) {
    text('E', "S" + severity + "\0V" + severity + "\0C" + code + "\0M" + message + "\0\0");
  }

  void notice(String message) {
    text('N', "SNOTICE\0VNOTICE\0C00000\0M" + message + "\0\0");
  }

  void complete(String tag) {
    text('C', tag + "\0");
  }

  void ready(char status) {
    message('Z', (byte) status);
  }

  /** RowDescription of text columns. */
  void columns(int count) {
    Output body = new Output();
    body.int16(count);
    for (int i = 0; i < count; i++) {
      body.raw(("c" + i + "\0").getBytes(StandardCharsets.UTF_8));
      body.raw(0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0);
    }
    message('T', body.take());
  }

  /** DataRow; null for NULL. */
  void row(String... values) {
    Output body = new Output();
    body.int16(values.length);
    for (String each : values) {
      if (each == null) {
        body.raw(255, 255, 255, 255);
      } else {
        byte[] value = each.getBytes(StandardCharsets.UTF_8);
        body.raw(0, 0, value.length >> 8, value.length);
        body.raw(value);
      }
    }
    message('D', body.take());
  }

  void int16(int value) {
    raw(value >> 8, value);
  }

  void raw(int... values) {
    for (int each : values) {
      bytes.write(each);
    }
  }

  void raw(byte[] more) {
    bytes.writeBytes(more);
  }

  int size() {
    return bytes.size();
  }

  /** What was gathered; it begins anew. */
  byte[] take() {
    byte[] all = bytes.toByteArray();
    bytes.reset();
    return all;
  }
}
