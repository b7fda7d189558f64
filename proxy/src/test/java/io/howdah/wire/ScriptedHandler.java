package io.howdah.wire;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides by the type of a frame, and keeps what passed. The types:
 *
 * <pre>
 * P  passes, its header is enough        W  passes, its whole body must be there
 * D  is dropped, its header is enough    X  is dropped, its whole body must be there
 * M  asks for more until it is whole     S  is stopped once, then passes
 * I  passes, behind a mark of ours       R  passes with another beginning: header and two bytes
 * E  ends the stream: must not be sent
 * </pre>
 */
final class ScriptedHandler implements FrameHandler {
  static final String TYPES = "PWDXMSIR";
  static final byte[] MARK = {'<', '>'};
  static final byte[] OTHER_BEGINNING = {'r', '!'};

  final ByteArrayOutputStream passed = new ByteArrayOutputStream();

  /** Each frame that was decided: its type and as much of its body as it needed. */
  final List<String> decided = new ArrayList<>();

  int runs;
  private boolean stoppedOnce;
  FrameReader reader;

  @Override
  public int needs(byte type, int bodyLength) {
    return switch (type) {
      case 'W', 'X' -> bodyLength;
      case 'R' -> Math.min(2, bodyLength);
      case 'E' -> throw new ProtocolException("no such message");
      default -> 0;
    };
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    int body = start + Protocol.HEADER_BYTES;
    if (type == 'M' && (long) end - body < bodyLength) {
      return Verdict.MORE;
    }
    if (type == 'S' && !stoppedOnce) {
      stoppedOnce = true;
      return Verdict.STOP;
    }
    stoppedOnce = false;
    int needed = needs(type, bodyLength);
    decided.add((char) type + in.toString(body, needed, StandardCharsets.ISO_8859_1));
    return switch (type) {
      case 'D', 'X' -> Verdict.DROP;
      case 'I' -> {
        reader.passSoFar();
        passed.writeBytes(MARK);
        yield Verdict.PASS;
      }
      case 'R' -> {
        reader.passSoFar();
        passed.writeBytes(OTHER_BEGINNING);
        yield reader.passFrom(body + needed);
      }
      default -> Verdict.PASS;
    };
  }

  @Override
  public void pass(ByteBuf run) {
    runs++;
    passed.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(run));
    run.release();
  }

  /** What must pass of a whole stream: the plainest reading of the rules above. */
  static byte[] expected(byte[] stream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    java.nio.ByteBuffer in = java.nio.ByteBuffer.wrap(stream);
    while (in.hasRemaining()) {
      int start = in.position();
      byte type = in.get();
      int length = in.getInt();
      int end = start + 1 + length;
      int from = start;
      switch (type) {
        case 'D', 'X' -> from = end;
        case 'I' -> out.writeBytes(MARK);
        case 'R' -> {
          out.writeBytes(OTHER_BEGINNING);
          from = start + 5 + Math.min(2, length - 4);
        }
        default -> {}
      }
      out.write(stream, from, end - from);
      in.position(end);
    }
    return out.toByteArray();
  }
}
