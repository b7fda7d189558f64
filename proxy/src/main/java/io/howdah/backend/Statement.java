package io.howdah.backend;

import io.howdah.route.Facts;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A statement of the extended protocol as the whole proxy knows it: text and parameter types, with
 * a name of its own under which any server connection may hold it. Two clients that prepare the
 * same text share one.
 *
 * <p>Immutable; compared by identity, as the dictionary of each event loop holds one a text.
 */
public final class Statement {
  private static final AtomicLong NEXT_ID = new AtomicLong(1);

  private final byte[] parseBody;
  private final Facts facts;
  private final long id = NEXT_ID.getAndIncrement();
  private byte[] serverName;

  /**
   * @param parseBody the body of a Parse message behind the statement's name: text, zero, parameter
   *     types
   * @param facts what the text may do
   */
  public Statement(byte[] parseBody, Facts facts) {
    this.parseBody = parseBody;
    this.facts = facts;
  }

  /** What the text may do. */
  public Facts facts() {
    return facts;
  }

  /** The name on server connections, with its closing zero. Not to be written to. */
  public byte[] serverName() {
    if (serverName == null) {
      // Most statements are only ever unnamed; two threads would make the same name.
      serverName = ("howdah_" + Long.toString(id, 36) + "\0").getBytes(StandardCharsets.US_ASCII);
    }
    return serverName;
  }

  /** The body of a Parse message behind the name, for a message under any name. */
  void writeParseBody(ByteBuf out) {
    out.writeBytes(parseBody);
  }

  /** The text. */
  byte[] text() {
    int end = 0;
    while (end < parseBody.length && parseBody[end] != 0) {
      end++;
    }
    return Arrays.copyOf(parseBody, end);
  }

  int parseBodyLength() {
    return parseBody.length;
  }
}
