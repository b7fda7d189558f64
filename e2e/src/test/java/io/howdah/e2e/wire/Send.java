package io.howdah.e2e.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The bytes of the messages that a client may send. */
public final class Send {
  private static final int VERSION_3_0 = 196_608;
  private static final int CANCEL_CODE = 80_877_102;

  private Send() {}

  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] bytes(Body body) {
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes)) {
      body.write(out);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A message of any type, its length right. */
  public static byte[] message(char type, byte[] body) {
    return bytes(
        out -> {
          out.writeByte(type);
          out.writeInt(body.length + 4);
          out.write(body);
        });
  }

  private static byte[] message(char type, Body body) {
    return message(type, bytes(body));
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.writeByte(0);
  }

  /** StartupMessage of protocol 3.0. */
  public static byte[] startup(Map<String, String> parameters) {
    return startup(VERSION_3_0, parameters);
  }

  /** StartupMessage of any version, such as {@code 3 << 16 | 2}. */
  public static byte[] startup(int version, Map<String, String> parameters) {
    byte[] body =
        bytes(
            out -> {
              out.writeInt(version);
              for (Map.Entry<String, String> each : parameters.entrySet()) {
                text(out, each.getKey());
                text(out, each.getValue());
              }
              out.writeByte(0);
            });
    return bytes(
        out -> {
          out.writeInt(body.length + 4);
          out.write(body);
        });
  }

  public static byte[] cancel(Message backendKey) {
    return bytes(
        out -> {
          out.writeInt(backendKey.body().length + 8);
          out.writeInt(CANCEL_CODE);
          out.write(backendKey.body());
        });
  }

  public static byte[] query(String sql) {
    return message('Q', out -> text(out, sql));
  }

  public static byte[] parse(String name, String sql, int... types) {
    return message(
        'P',
        out -> {
          text(out, name);
          text(out, sql);
          out.writeShort(types.length);
          for (int type : types) {
            out.writeInt(type);
          }
        });
  }

  /** Bind of parameters and results as text; null for NULL. */
  public static byte[] bind(String portal, String statement, String... parameters) {
    List<byte[]> values =
        Arrays.stream(parameters)
            .map(each -> each == null ? null : each.getBytes(StandardCharsets.UTF_8))
            .toList();
    return bind(portal, statement, values, 0, 0);
  }

  /** Bind with formats: 0 for text, 1 for binary. */
  public static byte[] bind(
      String portal,
      String statement,
      List<byte[]> parameters,
      int parameterFormat,
      int resultFormat) {
    return bind(
        portal, statement, parameters, new int[] {parameterFormat}, new int[] {resultFormat});
  }

  /** Bind with a format for each, or as few as PostgreSQL allows. */
  public static byte[] bind(
      String portal,
      String statement,
      List<byte[]> parameters,
      int[] parameterFormats,
      int[] resultFormats) {
    return message(
        'B',
        out -> {
          text(out, portal);
          text(out, statement);
          out.writeShort(parameterFormats.length);
          for (int each : parameterFormats) {
            out.writeShort(each);
          }
          out.writeShort(parameters.size());
          for (byte[] each : parameters) {
            out.writeInt(each == null ? -1 : each.length);
            if (each != null) {
              out.write(each);
            }
          }
          out.writeShort(resultFormats.length);
          for (int each : resultFormats) {
            out.writeShort(each);
          }
        });
  }

  public static byte[] describeStatement(String name) {
    return message('D', out -> text(out, "S" + name));
  }

  public static byte[] describePortal(String name) {
    return message('D', out -> text(out, "P" + name));
  }

  public static byte[] closeStatement(String name) {
    return message('C', out -> text(out, "S" + name));
  }

  public static byte[] closePortal(String name) {
    return message('C', out -> text(out, "P" + name));
  }

  /** Execute; {@code rows} 0 for all. */
  public static byte[] execute(String portal, int rows) {
    return message(
        'E',
        out -> {
          text(out, portal);
          out.writeInt(rows);
        });
  }

  public static byte[] sync() {
    return message('S', new byte[0]);
  }

  public static byte[] flush() {
    return message('H', new byte[0]);
  }

  public static byte[] copyData(byte[] data) {
    return message('d', data);
  }

  public static byte[] copyData(String data) {
    return copyData(data.getBytes(StandardCharsets.UTF_8));
  }

  public static byte[] copyDone() {
    return message('c', new byte[0]);
  }

  public static byte[] copyFail(String reason) {
    return message('f', out -> text(out, reason));
  }

  /** FunctionCall with text arguments and a text result. */
  public static byte[] functionCall(int oid, String... arguments) {
    return message(
        'F',
        out -> {
          out.writeInt(oid);
          out.writeShort(1);
          out.writeShort(0);
          out.writeShort(arguments.length);
          for (String each : arguments) {
            byte[] value = each.getBytes(StandardCharsets.UTF_8);
            out.writeInt(value.length);
            out.write(value);
          }
          out.writeShort(0);
        });
  }

  public static byte[] terminate() {
    return message('X', new byte[0]);
  }

  /** PasswordMessage, and what SASL sends under the same type. */
  static byte[] password(byte[] body) {
    return message('p', body);
  }

  static byte[] saslInitial(String mechanism, String data) {
    byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
    return message(
        'p',
        out -> {
          text(out, mechanism);
          out.writeInt(bytes.length);
          out.write(bytes);
        });
  }
}
