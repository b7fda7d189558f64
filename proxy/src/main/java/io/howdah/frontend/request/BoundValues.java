package io.howdah.frontend.request;

import io.howdah.backend.statement.Binding;
import io.howdah.backend.statement.Statement;
import io.howdah.route.classify.SetConfig;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SetArguments;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The parameters of a Bind, where they are ASCII: what else there is depends on the session's
 * encoding. It reads the client's message, and is of use only as long as that is at hand.
 *
 * <p>Thread: the session's event loop.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">PostgreSQL,
 *     section 54.7, Bind</a>
 */
final class BoundValues implements SetArguments.Values {
  /** A Bind with more before the last value is not looked at. */
  private static final int MOST_BYTES = 64 << 10;

  private static final int BOOL = 16;
  private static final int TEXT = 25;
  private static final int UNKNOWN = 705;
  private static final int VARCHAR = 1043;

  private final Statement statement;
  private final ByteBuf in;
  private final int formats;
  private final int formatCount;

  /** Null where the message ends before its last parameter. */
  private final int[] starts;

  private final int[] lengths;

  private BoundValues(
      Statement statement, ByteBuf in, int formats, int formatCount, int[] starts, int[] lengths) {
    this.statement = statement;
    this.in = in;
    this.formats = formats;
    this.formatCount = formatCount;
    this.starts = starts;
    this.lengths = lengths;
  }

  /**
   * Those of a Bind from behind its names, where they tell more of what it runs; else null.
   *
   * @param present up to where it has come
   */
  static BoundValues of(Binding binding, ByteBuf in, int from, int present) {
    return binding instanceof Statement statement && statement.facts().dependsOnValues()
        ? read(statement, in, from, present)
        : null;
  }

  private static BoundValues read(Statement statement, ByteBuf in, int from, int present) {
    BoundValues cut = new BoundValues(statement, in, 0, 0, null, null);
    int formatCount = from + 2 > present ? -1 : in.getUnsignedShort(from);
    int at = from + 2 + 2 * formatCount;
    if (formatCount < 0 || at + 2 > present) {
      return cut;
    }
    int[] starts = new int[in.getUnsignedShort(at)];
    int[] lengths = new int[starts.length];
    at += 2;
    for (int i = 0; i < starts.length; i++) {
      if (at + 4 > present) {
        return cut;
      }
      lengths[i] = in.getInt(at);
      starts[i] = at + 4;
      at += 4 + Math.max(0, lengths[i]);
      if (at < 0 || at > present) {
        return cut;
      }
    }
    return new BoundValues(statement, in, from + 2, formatCount, starts, lengths);
  }

  /** Whether the message must be looked at again when more of it has come. */
  boolean wantMore(int present, int length) {
    return starts == null && present < length && present < MOST_BYTES;
  }

  /** What the statement does with these values; null when that can't be told. */
  Facts facts() {
    return starts == null ? null : SetConfig.bound(statement.facts(), this);
  }

  @Override
  public String text(int parameter) {
    return switch (statement.parameterType(parameter)) {
      case 0, TEXT, UNKNOWN, VARCHAR -> ascii(parameter);
      default -> null;
    };
  }

  @Override
  public String flag(int parameter) {
    int type = statement.parameterType(parameter);
    if (type != 0 && type != BOOL || !isThere(parameter)) {
      return null;
    }
    if (isBinary(parameter)) {
      return lengths[parameter - 1] != 1
          ? null
          : Boolean.toString(in.getByte(starts[parameter - 1]) != 0);
    }
    String said = ascii(parameter);
    return said == null
        ? null
        : switch (said.strip().toLowerCase(Locale.ROOT)) {
          case "t", "tr", "tru", "true", "y", "ye", "yes", "on", "1" -> "true";
          case "f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0" -> "false";
          default -> null;
        };
  }

  private boolean isThere(int parameter) {
    return parameter <= starts.length && lengths[parameter - 1] >= 0;
  }

  /** None for all means text, one is for all. */
  private boolean isBinary(int parameter) {
    int which = formatCount == 1 ? 0 : parameter - 1;
    return which < formatCount && in.getUnsignedShort(formats + 2 * which) != 0;
  }

  private String ascii(int parameter) {
    if (!isThere(parameter)) {
      return null;
    }
    int start = starts[parameter - 1];
    int length = lengths[parameter - 1];
    for (int i = start; i < start + length; i++) {
      if (in.getByte(i) <= 0) {
        return null;
      }
    }
    return in.toString(start, length, StandardCharsets.US_ASCII);
  }
}
