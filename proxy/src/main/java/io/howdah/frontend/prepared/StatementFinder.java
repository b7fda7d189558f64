package io.howdah.frontend.prepared;

import io.howdah.backend.statement.ShapeQuestion;
import io.howdah.backend.statement.Statement;
import io.howdah.backend.statement.Writing;
import io.howdah.config.RoutingConfig;
import io.howdah.route.StatementCache;
import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.lexer.Hint;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds what is known of a query string that a client sent: its facts, and for the extended
 * protocol the {@link Statement} that all clients of this event loop share. Texts that come again
 * are found without allocation.
 *
 * <p>Thread: one event loop.
 */
public final class StatementFinder {
  /** The facts of a query string that is not looked at. */
  public static final Facts UNSEEN =
      new Facts(Reason.TOO_LONG, null, 1, Hint.NONE, List.of(new SessionEffect.Unseen()));

  /** The facts of a query string that is not sent. */
  public static final Facts NOTHING = new Facts(Reason.EMPTY, null, 0, Hint.NONE, List.of());

  private static final int BIND_PREFIX_BYTES = 160;
  private static final int EXCERPT_BYTES = 256;

  private final Classifier classifier;
  private final StatementCache<Facts> queries;
  private final StatementDictionary statements;
  private final int maxScanned;
  private byte[] scratch = new byte[2048];

  private byte[] lastText;
  private Facts rememberedFacts;
  private Statement rememberedStatement;

  /**
   * @param preparedBytes what prepared statements take, over all event loops
   * @param seed makes hashes differ between processes
   */
  public StatementFinder(
      Classifier classifier, RoutingConfig config, AtomicLong preparedBytes, long seed) {
    this.classifier = classifier;
    this.maxScanned = config.maxScannedBytes();
    long bytes = Math.max(1L, config.cacheEntries()) * 1024;
    this.queries = new StatementCache<>(config.cacheEntries(), bytes, seed);
    this.statements = new StatementDictionary(config.cacheEntries(), preparedBytes, seed);
  }

  /** How much of a message must be there to tell what it is. */
  public int needs(byte type, int bodyLength) {
    return switch (type) {
      case FrontendType.QUERY, FrontendType.PARSE ->
          bodyLength > maxScanned ? Math.min(bodyLength, BIND_PREFIX_BYTES) : bodyLength;
      case FrontendType.BIND -> Math.min(bodyLength, BIND_PREFIX_BYTES);
      case FrontendType.DESCRIBE, FrontendType.CLOSE, FrontendType.EXECUTE -> bodyLength;
      default -> 0;
    };
  }

  /** Whether a message's text is too long to be looked at. */
  public boolean isTooLong(int bodyLength) {
    return bodyLength > maxScanned;
  }

  /** The facts of a Query's text; its body ends with a zero that is not part of it. */
  public Facts query(ByteBuf in, int bodyStart, int bodyLength, Reading reading) {
    Facts remembered = rememberedFacts;
    if (remembered != null) {
      rememberedFacts = null;
      return remembered;
    }
    lastText = null;
    if (reading.isNone() || isTooLong(bodyLength) || bodyLength == 0) {
      return UNSEEN;
    }
    int length = bodyLength - 1;
    byte[] text = load(in, bodyStart, length);
    if (!reading.isOf(text, length)) {
      return UNSEEN;
    }
    Facts known = queries.get(text, 0, length, reading.variant());
    if (known != null) {
      lastText = queries.lastText();
      return known;
    }
    Facts facts = factsOf(text, length, reading);
    queries.put(text, 0, length, reading.variant(), facts);
    lastText = queries.lastText();
    if (lastText == null && facts.reason().hidesEffects()) {
      lastText = Arrays.copyOf(text, Math.min(length, EXCERPT_BYTES));
    }
    return facts;
  }

  /** What is remembered of a Query's text, or null. */
  public Facts peek(byte[] text, Reading reading) {
    byte[] last = lastText;
    Facts known = queries.get(text, 0, text.length, reading.variant());
    lastText = last;
    return known;
  }

  /** The text of the Query looked up last, or its beginning; null when nobody keeps it. */
  public byte[] lastText() {
    return lastText;
  }

  /**
   * The statement of a Parse: text, zero and parameter types stand from {@code from} to {@code to}.
   *
   * @param variant what else it depends on what the text means ({@code ParseContext#variant})
   */
  public Statement parse(ByteBuf in, int from, int to, Reading reading, int variant) {
    Statement remembered = rememberedStatement;
    if (remembered != null) {
      rememberedStatement = null;
      return remembered;
    }
    int length = to - from;
    byte[] body = load(in, from, length);
    Statement known = statements.find(body, length, variant);
    if (known != null) {
      return known.isOutdated() ? statements.renew(known) : known;
    }
    Statement statement =
        new Statement(
            Arrays.copyOf(body, length), factsOfParse(body, length, reading), statements.seed());
    if (Writing.matters(body, length)) {
      statement.writing(reading.writing());
    }
    statements.add(statement, variant);
    return statement;
  }

  /** The statements that clients of this loop hold. */
  public StatementDictionary dictionary() {
    return statements;
  }

  private Facts factsOfParse(byte[] body, int length, Reading reading) {
    if (!reading.isOf(body, length)) {
      return UNSEEN;
    }
    int textLength = 0;
    while (textLength < length && body[textLength] != 0) {
      textLength++;
    }
    return factsOf(body, textLength, reading);
  }

  private Facts factsOf(byte[] text, int length, Reading reading) {
    return classifier.classify(
        text, 0, length, reading.isConforming(), reading.isUtf8(), reading.functions());
  }

  /**
   * A replica refused to run a Query's text: it goes to the primary from now on.
   *
   * @param body text and zero
   */
  public void refusedByReplica(ByteBuf in, int bodyStart, int bodyLength, Reading reading) {
    forget();
    Facts learnt = query(in, bodyStart, bodyLength, reading).refusedByReplica();
    byte[] text = load(in, bodyStart, bodyLength - 1);
    queries.learn(text, 0, bodyLength - 1, reading.variant(), learnt);
  }

  /** A replica refused to run a statement: it goes to the primary from now on. */
  public void refusedByReplica(Statement statement) {
    statement.facts(statement.facts().refusedByReplica());
    statements.learnt(statement);
  }

  /**
   * A server's plan of a statement is out of date, and others' may be: whoever prepares its text
   * from now on gets a statement that no server connection holds yet.
   */
  public void renew(Statement statement) {
    statement.becameOutdated();
    statements.renew(statement);
  }

  /**
   * A client prepared a text, and the server takes it for something else than others did before.
   *
   * @return what the text is from now on
   */
  public Statement renew(ShapeQuestion question) {
    Statement before = question.statement();
    if (!question.hasSameRows()) {
      before.becameOutdated();
    }
    Statement now = statements.renew(before);
    if (!question.describes(now)) {
      now = before.renewed();
      now.variant(before.variant());
      question.describes(now);
    }
    return now;
  }

  /** The next look-up is for the text whose facts these are: saves finding them twice. */
  public void remember(Facts facts) {
    rememberedFacts = facts;
  }

  /** The next look-up is for the text of this statement. */
  public void remember(Statement statement) {
    rememberedStatement = statement;
  }

  /** The next look-up is for any text. */
  public void forget() {
    rememberedFacts = null;
    rememberedStatement = null;
  }

  private byte[] load(ByteBuf in, int from, int length) {
    if (scratch.length < length) {
      scratch = new byte[Math.max(length, scratch.length * 2)];
    }
    in.getBytes(from, scratch, 0, length);
    return scratch;
  }
}
