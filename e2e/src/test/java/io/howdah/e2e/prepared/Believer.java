package io.howdah.e2e.prepared;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A client that believes what it was told of its prepared statements, as drivers do: it sends and
 * reads values in binary by that. Where it was told nothing it knows the types of some other time.
 */
final class Believer implements AutoCloseable {
  static final int INT8 = 20;
  static final int INT4 = 23;
  static final int TEXT = 25;
  static final int FLOAT8 = 701;

  /** What it knows of one statement. */
  private static final class Known {
    int parameter;
    List<Integer> columns;
    boolean told;
    boolean binary;
    boolean text;

    Known(int parameter, int column) {
      this.parameter = parameter;
      this.columns = List.of(column);
    }
  }

  /**
   * What came of a request.
   *
   * @param rows each as the bytes that came
   * @param values what the client takes them for
   * @param types of parameters and rows, as far as they were told
   * @param error its SQLSTATE, or null
   */
  record Outcome(
      List<String> rows, List<String> values, List<String> types, String error, char status) {}

  final Wire wire;
  private final Map<String, Known> known = new HashMap<>();
  private final List<byte[]> request = new ArrayList<>();
  private String about;

  Believer(Wire wire) {
    this.wire = wire;
  }

  /**
   * @param parameter the type that it takes a parameter for where nobody tells it
   * @param column the same of the only column
   */
  void parse(String name, String text, int parameter, int column) {
    about = name;
    known.put(name, new Known(parameter, column));
    request.add(Send.closeStatement(name));
    request.add(Send.parse(name, text));
  }

  void describe(String name) {
    about = name;
    request.add(Send.describeStatement(name));
  }

  /**
   * Binds and executes with a value, if the statement takes one. Who used text without being told
   * types keeps to that.
   */
  void run(String name, Integer value, boolean wantsBinary, boolean describes, boolean eachColumn) {
    about = name;
    Known what = known.computeIfAbsent(name, _ -> new Known(INT8, INT8));
    boolean binary = wantsBinary && (what.told || !what.text);
    what.binary = binary;
    what.text |= !binary;
    List<byte[]> values =
        value == null ? List.of() : List.of(binary ? bytes(what.parameter, value) : text(value));
    int format = binary ? 1 : 0;
    int[] results = new int[eachColumn && what.told ? what.columns.size() : 1];
    java.util.Arrays.fill(results, format);
    request.add(Send.bind("", name, values, new int[] {format}, results));
    if (describes) {
      request.add(Send.describePortal(""));
    }
    request.add(Send.execute("", 0));
  }

  void query(String sql) {
    request.add(Send.query(sql));
  }

  /** Says all that, and hears what comes of it. */
  Outcome hear() throws IOException {
    if (request.getLast()[0] != 'Q') {
      request.add(Send.sync());
    }
    wire.send(request.toArray(byte[][]::new));
    request.clear();
    List<String> rows = new ArrayList<>();
    List<String> values = new ArrayList<>();
    List<String> types = new ArrayList<>();
    String error = null;
    Message last = null;
    for (Message each : wire.ready()) {
      last = each;
      switch (each.type()) {
        case 'D' -> {
          rows.add(HexFormat.of().formatHex(each.body()));
          values.addAll(read(each));
        }
        case 't', 'T' -> types.add(told(each));
        case 'E' -> error = each.sqlstate();
        default -> {}
      }
    }
    return new Outcome(rows, values, types, error, (char) last.body()[0]);
  }

  private String told(Message message) {
    Known what = known.get(about);
    what.told = true;
    ByteBuffer body = ByteBuffer.wrap(message.body());
    int count = body.getShort();
    StringBuilder text = new StringBuilder().append(message.type());
    if (message.type() == 't') {
      for (int i = 0; i < count; i++) {
        what.parameter = body.getInt();
        text.append(' ').append(what.parameter);
      }
      return text.toString();
    }
    what.columns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      text.append(' ');
      for (byte b = body.get(); b != 0; b = body.get()) {
        text.append((char) b);
      }
      what.columns.add(body.getInt(body.position() + 6));
      text.append(':').append(what.columns.getLast());
      body.position(body.position() + 18);
    }
    return text.toString();
  }

  private List<String> read(Message row) {
    Known what = known.get(about);
    ByteBuffer body = ByteBuffer.wrap(row.body());
    int count = body.getShort();
    List<String> values = new ArrayList<>();
    if (count != what.columns.size() && (what.told || what.binary)) {
      values.add(count + " columns instead of " + what.columns.size());
      return values;
    }
    for (int i = 0; i < count; i++) {
      byte[] value = new byte[body.getInt()];
      body.get(value);
      values.add(
          what.binary
              ? read(what.columns.get(i), value)
              : new String(value, StandardCharsets.UTF_8));
    }
    return values;
  }

  private static String read(int type, byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    return switch (type) {
      case INT8 -> value.length == 8 ? String.valueOf(in.getLong()) : "no int8";
      case INT4 -> value.length == 4 ? String.valueOf(in.getInt()) : "no int4";
      case FLOAT8 ->
          value.length != 8
              ? "no float8"
              : in.getDouble(0) == Math.rint(in.getDouble(0)) && Math.abs(in.getDouble(0)) < 1e6
                  ? String.valueOf((long) in.getDouble(0))
                  : in.getDouble(0) + " of a float8";
      default -> new String(value, StandardCharsets.UTF_8);
    };
  }

  private static byte[] text(int value) {
    return String.valueOf(value).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(int type, int value) {
    return switch (type) {
      case INT8 -> ByteBuffer.allocate(8).putLong(value).array();
      case INT4 -> ByteBuffer.allocate(4).putInt(value).array();
      case FLOAT8 -> ByteBuffer.allocate(8).putDouble(value).array();
      default -> text(value);
    };
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
