package io.howdah.backend.statement;

import io.howdah.wire.BackendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;

/**
 * What is known of a statement's types since a server first described it: PostgreSQL keeps the
 * types of parameters for as long as a prepared statement lives, and refuses to return rows of
 * another type. Rows are told apart by what PostgreSQL compares and tells: the names of columns,
 * their types and modifiers; of all that a number remains, which nobody can foresee.
 *
 * <p>Thread: the loop whose dictionary holds the statement.
 */
final class Shape {
  private static final long UNKNOWN = 0;
  private static final long NO_ROWS = 1;

  /** How many there are and their OIDs, as they travel; null while that is not known. */
  private byte[] parameters;

  private final long seed;
  private long rows = UNKNOWN;

  /**
   * @param seed makes the number differ between processes
   */
  Shape(long seed) {
    this.seed = seed;
  }

  /** One of which nothing is known yet, to be compared with this. */
  Shape another() {
    return new Shape(seed);
  }

  /** The types of parameters, as they stand at the end of a Parse; null while not known. */
  byte[] parameters() {
    return parameters;
  }

  /** Whether there are any, as far as is known. */
  boolean hasParameters() {
    return parameters != null && parameters.length > 2;
  }

  boolean knowsRows() {
    return rows != UNKNOWN;
  }

  /** Whether it returns rows, as far as is known. */
  boolean hasRows() {
    return rows != UNKNOWN && rows != NO_ROWS;
  }

  /** Takes in what a server said of the same text; whether it is the same where both know it. */
  boolean agreesWith(Shape other) {
    if (parameters == null) {
      parameters = other.parameters;
    }
    if (rows == UNKNOWN) {
      rows = other.rows;
    }
    return Arrays.equals(parameters, other.parameters) && rows == other.rows;
  }

  /**
   * Takes in a message that describes the statement, or compares it with what is known.
   *
   * @return whether it says the same
   */
  boolean admits(byte type, ByteBuf in, int body, int length) {
    if (type == BackendType.PARAMETER_DESCRIPTION) {
      return admits(in, body, length);
    }
    long now = rows(type, in, body);
    if (rows == UNKNOWN) {
      rows = now;
    }
    return rows == now;
  }

  private boolean admits(ByteBuf in, int body, int length) {
    if (parameters == null) {
      parameters = ByteBufUtil.getBytes(in, body, length);
      return true;
    }
    if (parameters.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (parameters[i] != in.getByte(body + i)) {
        return false;
      }
    }
    return true;
  }

  /** The number of what a RowDescription or NoData tells. */
  private long rows(byte type, ByteBuf in, int body) {
    if (type == BackendType.NO_DATA) {
      return NO_ROWS;
    }
    int columns = in.getUnsignedShort(body);
    long all = mix(seed ^ columns);
    int at = body + 2;
    for (int i = 0; i < columns; i++) {
      long name = seed;
      boolean ascii = true;
      byte b = in.getByte(at++);
      while (b != 0) {
        ascii &= b > 0;
        name = mix(name ^ b);
        b = in.getByte(at++);
      }
      // The bytes of other names depend on the client's encoding.
      all = mix(all ^ (ascii ? name : 0));
      // Behind the table's OID and the column's number; the type's length is between the two.
      all = mix(all ^ ((long) in.getInt(at + 6) << 32 | in.getInt(at + 12) & 0xffffffffL));
      at += 18;
    }
    return all == UNKNOWN || all == NO_ROWS ? seed | 2 : all;
  }

  private static long mix(long h) {
    long m = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
    return m ^ m >>> 29;
  }
}
