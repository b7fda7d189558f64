package io.howdah.backend.statement;

import io.howdah.backend.ledger.DescriptionNote;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.Weighty;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A statement of the extended protocol as all clients of an event loop know it: text and parameter
 * types, with a name of its own under which any server connection may hold it. Two clients that
 * prepare the same text share one.
 *
 * <p>Compared by identity, as the dictionary of each event loop holds one per query string. What it
 * consists of never changes; what is known of it, and its {@link #use}, belong to that loop. As the
 * note of an entry of the ledger it tells which statement the entry is about.
 */
public final class Statement implements Binding, DescriptionNote, Weighty {
  /** What every name of Howdah's own on a server begins with. */
  public static final String PREFIX = "howdah_";

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final AtomicLong NEXT_ID = new AtomicLong(1);

  /** What an entry costs besides its text, about. */
  private static final int OVERHEAD = 160;

  /**
   * What server connections know a statement by: its name, without its text. They may outlast it,
   * and move to other loops.
   */
  public static final class Key {
    private final long id = NEXT_ID.getAndIncrement();
    private byte[] name;

    private Key() {}

    /** The name on server connections, with its closing zero. Not to be written to. */
    public byte[] name() {
      if (name == null) {
        // Most statements are only ever unnamed; two threads would make the same name.
        name = (PREFIX + Long.toString(id, 36) + "\0").getBytes(StandardCharsets.US_ASCII);
      }
      return name;
    }
  }

  private final byte[] parseBody;
  private Facts facts;

  /** What the facts took when it was made: an account of it must go on with one figure. */
  private final int factsBytes;

  private final boolean namesOthers;
  private final Key key = new Key();
  private final Shape shape;
  private int variant;
  private int uses;

  /** Null where the text is the same however it is read, or nobody knows. */
  private Writing writing;

  private boolean outdated;

  /**
   * @param parseBody the body of a Parse message behind the statement's name: text, zero, parameter
   *     types
   * @param facts what the text may do
   * @param seed makes what is noted of its rows differ between processes
   */
  public Statement(byte[] parseBody, Facts facts, long seed) {
    this(parseBody, facts, new Shape(seed));
  }

  private Statement(byte[] parseBody, Facts facts, Shape shape) {
    this.parseBody = parseBody;
    this.shape = shape;
    this.facts = facts;
    this.factsBytes = (int) Math.min(facts.weight(), Integer.MAX_VALUE >> 2);
    this.namesOthers = facts.executesNames();
  }

  @Override
  public Facts facts() {
    return facts;
  }

  /** What server connections know it by. */
  public Key key() {
    return key;
  }

  /**
   * Whether its text uses prepared statements by name: what it returns then depends on the session,
   * and sessions don't share it on a server connection.
   */
  boolean namesOthers() {
    return namesOthers;
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

  /**
   * A server tells a client of it. Where that differs from what was known it becomes outdated:
   * others were told otherwise.
   */
  @Override
  public void described(byte type, ByteBuf in, int body, int length) {
    if (hasLastingShape() && !shape.admits(type, in, body, length)) {
      outdated = true;
    }
  }

  /** The statement that the note of an entry is about, or null. */
  public static Statement of(ReplyLedger.Note note) {
    return switch (note) {
      case Statement statement -> statement;
      case ShapeQuestion question -> question.statement();
      case null, default -> null;
    };
  }

  /** What is known of its types. */
  Shape shape() {
    return shape;
  }

  /** Whether the type of its rows is known, or that it has none. */
  public boolean knowsRows() {
    return shape.knowsRows();
  }

  /** Whether it is known to return rows. */
  public boolean hasRows() {
    return shape.hasRows();
  }

  /** Whether it is known to have parameters. */
  public boolean hasParameters() {
    return shape.hasParameters();
  }

  /** Whether the types of all its parameters are known. */
  public boolean knowsParameters() {
    return shape.parameters() != null;
  }

  /** Whether any connection that has it must have been found to agree with others. */
  public boolean mustBeCompared() {
    return !outdated && hasLastingShape() && (shape.hasRows() || shape.hasParameters());
  }

  /**
   * Whether servers say the same of it in every session: not so of what uses other statements, or
   * cursors.
   */
  public boolean hasLastingShape() {
    return !namesOthers && facts.reason() != Reason.CURSOR;
  }

  /** The same text under another name, of which no server connection has an outdated plan. */
  public Statement renewed() {
    Statement renewed = new Statement(parseBody, facts, shape.another());
    renewed.writing = writing;
    return renewed;
  }

  /** How its text is meant; null where that makes no difference, or nobody knows. */
  Writing writing() {
    return writing;
  }

  /** Notes how its text is meant. */
  public void writing(Writing meant) {
    writing = meant;
  }

  /** The name on server connections, with its closing zero. Not to be written to. */
  public byte[] serverName() {
    return key.name();
  }

  /** The text, zero and parameter types. Not to be written to. */
  public byte[] parseBody() {
    return parseBody;
  }

  /**
   * The type that the client gave a parameter; 0 where it left that to the server.
   *
   * @param number from 1
   */
  public int parameterType(int number) {
    int types = 0;
    while (parseBody[types] != 0) {
      types++;
    }
    int at = types + 3 + 4 * (number - 1);
    return number < 1 || at + 4 > parseBody.length ? 0 : (int) INT.get(parseBody, at);
  }

  @Override
  public int bytes() {
    return parseBody.length + factsBytes + OVERHEAD;
  }

  @Override
  public long weight() {
    return bytes();
  }

  /** How its text was read, for the dictionary of its loop. */
  public int variant() {
    return variant;
  }

  /** Notes how its text was read. */
  public void variant(int howRead) {
    variant = howRead;
  }

  /** Counts one more client name that stands for it; whether that is the first. */
  public boolean use() {
    return uses++ == 0;
  }

  /** Counts one less; whether none is left. */
  public boolean disuse() {
    return --uses == 0;
  }

  /**
   * The body of a Parse message behind the name, for a message under any name: with the types of
   * all parameters where they are known, as PostgreSQL keeps them.
   */
  void writeParseBody(ByteBuf out) {
    byte[] types = shape.parameters();
    if (types == null) {
      out.writeBytes(parseBody);
    } else {
      out.writeBytes(parseBody, 0, textLength() + 1).writeBytes(types);
    }
  }

  /** The text. */
  public byte[] text() {
    return Arrays.copyOf(parseBody, textLength());
  }

  private int textLength() {
    int end = 0;
    while (end < parseBody.length && parseBody[end] != 0) {
      end++;
    }
    return end;
  }

  int parseBodyLength() {
    byte[] types = shape.parameters();
    return types == null ? parseBody.length : textLength() + 1 + types.length;
  }
}
