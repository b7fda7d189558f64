package io.howdah.frontend.retry;

import io.howdah.backend.statement.Statement;
import io.howdah.frontend.routing.PreparingBatch;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.wire.FrontendType;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/**
 * A client's request in its own bytes, from its first message up to Query or Sync, with what must
 * be known of it to send it a second time. In {@link RequestsBehind} it is several, one behind the
 * other ({@link #beginNext}): what is known holds for all of them then.
 *
 * <p>Thread: the session's event loop.
 */
final class RetainedRequest {
  private ByteBuf bytes;
  private int maxBytes;

  /** Where in them the request begins, with others before it that were begun. */
  private int from;

  /** Where in them its last message begins, and what was known of those before that. */
  private int last;

  private boolean preparingBefore;
  private boolean flushedBefore;

  private boolean complete;
  private boolean certainRead;

  /** It has only prepared statements so far, or asked for their descriptions. */
  private boolean preparing;

  /** The same, and its client waits for the answers, by Flush. */
  private boolean flushed;

  /** It has transactions of its own. */
  private boolean transactional;

  /** One of them has not ended in it. */
  private boolean open;

  /** Statements whose result type the request itself asks for, or that it prepares. */
  private List<Statement> told = List.of();

  /** The unnamed statement, where an earlier request prepared it. */
  private Statement unnamedBefore;

  /** Begins to retain a request, of at most {@code mostBytes}. */
  void begin(ByteBufAllocator alloc, int mostBytes) {
    bytes = alloc.buffer(256);
    maxBytes = mostBytes;
    from = 0;
    complete = false;
    preparing = true;
    flushed = false;
    certainRead = true;
    transactional = false;
    open = false;
    unnamedBefore = null;
    if (!told.isEmpty()) {
      told.clear();
    }
  }

  /** The one that was begun is whole: another is retained behind it. */
  void beginNext() {
    from = bytes.readableBytes();
    complete = false;
  }

  /**
   * Whether a message is whole in the buffer, and of a kind that may be part of what is retained.
   */
  static boolean mayRetain(byte type, int bodyLength, int start, int end, int maxBytes) {
    boolean kind =
        switch (type) {
          case FrontendType.QUERY,
              FrontendType.PARSE,
              FrontendType.BIND,
              FrontendType.DESCRIBE,
              FrontendType.EXECUTE,
              FrontendType.CLOSE,
              FrontendType.FLUSH,
              FrontendType.SYNC ->
              true;
          default -> false;
        };
    return kind
        && bodyLength <= maxBytes - Protocol.HEADER_BYTES
        && end - start >= Protocol.HEADER_BYTES + bodyLength;
  }

  /** Whether a message that begins a request may be about a statement with a name of Howdah's. */
  static boolean beginsWithStatement(byte type, ByteBuf in, int start) {
    int body = start + Protocol.HEADER_BYTES;
    return switch (type) {
      case FrontendType.PARSE -> in.getByte(body) != 0;
      case FrontendType.BIND -> true;
      case FrontendType.DESCRIBE, FrontendType.CLOSE -> in.getByte(body) == 'S';
      default -> false;
    };
  }

  /**
   * Takes one more message in; whether it could.
   *
   * @param mayFlush whether a Flush can be taken in, behind what only prepares
   */
  boolean add(byte type, int bodyLength, ByteBuf in, int start, int end, boolean mayFlush) {
    int length = Protocol.HEADER_BYTES + bodyLength;
    boolean first = bytes.readableBytes() == from;
    preparingBefore = preparing;
    flushedBefore = flushed;
    preparing &= PreparingBatch.prepares(type, in, start);
    if (type == FrontendType.FLUSH && !(mayFlush && preparing)) {
      return false;
    }
    if (!mayRetain(type, bodyLength, start, end, maxBytes - bytes.readableBytes())
        || type == FrontendType.QUERY && !first) {
      return false;
    }
    last = bytes.writerIndex();
    bytes.writeBytes(in, start, length);
    complete = type == FrontendType.QUERY || type == FrontendType.SYNC;
    flushed |= type == FrontendType.FLUSH;
    return true;
  }

  /** The last message was not sent. Whether there are others before it. */
  boolean takeBack() {
    bytes.writerIndex(last);
    complete = false;
    preparing = preparingBefore;
    flushed = flushedBefore;
    return last > from;
  }

  /** What there is, is whole: none is retained behind it after all. */
  void complete() {
    complete = true;
  }

  /** Whether its last message is there. */
  boolean isComplete() {
    return complete;
  }

  /** Whether its client waits for the answers to what it prepares, before it says the rest. */
  boolean isFlushed() {
    return flushed && !complete;
  }

  /** Whether it is one simple Query; else it is a batch. */
  boolean isQuery() {
    return bytes.isReadable() && bytes.getByte(bytes.readerIndex()) == FrontendType.QUERY;
  }

  /** How many bytes it has. */
  int size() {
    return bytes.readableBytes();
  }

  /** The bytes, not to be released. */
  ByteBuf bytes() {
    return bytes;
  }

  /**
   * It runs a query string. Whether a request that does may be sent twice at all.
   *
   * @param onReplica whether it goes to a replica, where no transaction leaves anything behind
   */
  boolean runs(Facts facts, boolean onReplica) {
    switch (facts.kind()) {
      case READ, SESSION, EMPTY -> {}
      case WRITE, UNKNOWN -> certainRead = false;
      case BEGIN, BEGIN_READ_ONLY, TRANSACTION_CONTROL -> {
        if (!onReplica) {
          return false;
        }
        transactional = true;
        open = facts.reason() != Reason.TRANSACTION_END;
      }
    }
    transactional |= facts.reason() == Reason.READ_TRANSACTION;
    return facts.isRepeatable();
  }

  /** Whether it goes on in a transaction that it has begun. */
  boolean isOpen() {
    return open;
  }

  /** Whether it has transactions of its own. */
  boolean isTransactional() {
    return transactional;
  }

  /**
   * Whether its failure can leave the server in this transaction status, if nothing but what is
   * retained was sent.
   */
  boolean explains(byte status) {
    return status == 'I' || transactional && status == 'E';
  }

  /** Whether by all that its text tells it only reads. */
  boolean isCertainRead() {
    return certainRead;
  }

  /** It prepares a statement, or asks for a description of it. */
  void tells(Statement statement) {
    if (told.isEmpty()) {
      told = new ArrayList<>(2);
    }
    told.add(statement);
  }

  /** It uses the unnamed statement. */
  void usesUnnamed(Statement statement) {
    if (!told.contains(statement)) {
      unnamedBefore = statement;
    }
  }

  /**
   * Whether its client learns the result type of a statement from this request's own answer, or
   * can't have learnt it before.
   *
   * @param before whether a description of the statement was asked for at any time
   */
  boolean isUnawareOf(Statement statement, boolean before) {
    return told.contains(statement) || !before && statement != unnamedBefore;
  }

  void release() {
    bytes.release();
    bytes = null;
  }
}
