package io.howdah.backend;

import io.howdah.route.Facts;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A statement of the extended protocol as the whole proxy knows it: text and parameter types, with
 * a name of its own under which any server connection may hold it. Two clients that prepare the
 * same text share one.
 *
 * <p>Compared by identity, as the dictionary of each event loop holds one a text. What it consists
 * of never changes; what is known of it may be learnt better by the loop that holds it. As the note
 * of an entry of the ledger it tells which statement the entry is about.
 */
public final class Statement implements ReplyLedger.Note {
  private static final AtomicLong NEXT_ID = new AtomicLong(1);

  private final byte[] parseBody;
  private Facts facts;
  private final long id = NEXT_ID.getAndIncrement();
  private byte[] serverName;
  private boolean outdated;

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

  /** Something was learnt about the text. Thread: the loop whose dictionary holds it. */
  public void facts(Facts learnt) {
    facts = learnt;
  }

  /**
   * Its result type changed since it was prepared, as some server found: whoever was told the type
   * before must not be given rows of another. Thread: the loop whose dictionary holds it.
   */
  public void becameOutdated() {
    outdated = true;
  }

  /** Whether its result type changed since it was prepared, as far as anybody noticed. */
  public boolean isOutdated() {
    return outdated;
  }

  /** The same text under another name, of which no server connection has an outdated plan. */
  public Statement renewed() {
    return new Statement(parseBody, facts);
  }

  /** Text, zero and parameter types. Not to be written to. */
  public byte[] parseBody() {
    return parseBody;
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

  int parseBodyLength() {
    return parseBody.length;
  }
}
