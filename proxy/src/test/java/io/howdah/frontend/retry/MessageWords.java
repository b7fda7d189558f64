package io.howdah.frontend.retry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;

/**
 * Messages are written as words: a client's {@code Q:text}, {@code P:name:text}, {@code B:name},
 * {@code B2:name} (portal p), {@code D:S:name}, {@code D:P}, {@code E}, {@code C:name}, {@code H},
 * {@code S}; a server's by its type byte, errors as {@code E:code}, {@code F:code} where they are
 * fatal, ReadyForQuery as {@code ZI}, {@code ZT}, {@code ZE}.
 */
final class MessageWords {
  private MessageWords() {}

  /** The type bytes of messages. */
  static String names(byte[] messages) {
    StringBuilder types = new StringBuilder();
    ByteBuf in = Unpooled.wrappedBuffer(messages);
    while (in.isReadable()) {
      types.append((char) in.readByte());
      in.skipBytes(in.readInt() - 4);
    }
    return types.toString();
  }

  /** What a client sends. */
  static byte[] clientBytes(String words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String word : words.split(" (?=(Q|P|B2?|D|E|C|H|S)(:| |$))")) {
      String[] parts = word.trim().split(":", -1);
      out.writeBytes(
          switch (parts[0]) {
            case "Q" -> message('Q', parts[1] + "\0");
            case "P" -> message('P', parts[1] + "\0" + parts[2] + "\0\0\0");
            case "B" -> message('B', "\0" + parts[1] + "\0\0\0\0\0\0\0");
            case "D" -> message('D', parts[1] + (parts.length > 2 ? parts[2] : "") + "\0");
            case "E" -> message('E', "\0\0\0\0\0");
            case "C" -> message('C', "S" + parts[1] + "\0");
            default -> message(parts[0].charAt(0), "");
          });
    }
    return out.toByteArray();
  }

  /** What a server says. */
  static byte[] serverBytes(String words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String word : words.trim().split(" ")) {
      String[] parts = word.split(":");
      out.writeBytes(
          switch (parts[0]) {
            case "" -> new byte[0];
            case "E", "F" -> {
              String severity = parts[0].equals("F") ? "FATAL" : "ERROR";
              String routine = parts.length > 2 ? "R" + parts[2] + "\0" : "";
              yield message(
                  'E', "S%s\0V%s\0C%s\0Mno\0%s\0".formatted(severity, severity, parts[1], routine));
            }
            case "ZI", "ZT", "ZE" -> message('Z', parts[0].substring(1));
            case "C" -> message('C', "SELECT 1\0");
            case "N" -> message('N', "SNOTICE\0VNOTICE\0C00000\0Mwell\0\0");
            case "T", "D", "t" -> message(parts[0].charAt(0), "\0\0");
            case "H" -> message('H', "\0\0\0");
            default -> message(parts[0].charAt(0), "");
          });
    }
    return out.toByteArray();
  }

  /** One message; the body in UTF-8. */
  static byte[] message(char type, String body) {
    byte[] bytes = body.getBytes(UTF_8);
    ByteBuf out = Unpooled.buffer().writeByte(type).writeInt(4 + bytes.length).writeBytes(bytes);
    byte[] all = new byte[out.readableBytes()];
    out.readBytes(all);
    return all;
  }
}
