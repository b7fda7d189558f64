package io.howdah.backend.statement;

import io.howdah.backend.ledger.DescriptionNote;
import io.netty.buffer.ByteBuf;

/**
 * A Describe of a statement, whoever wants to know: its answer is compared with what was known of
 * the statement, so that one server connection gives no other rows than another told of.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class ShapeQuestion implements DescriptionNote {
  /** Learns that the answer is another than that of a server before. */
  @FunctionalInterface
  public interface Surprise {
    /** This server's plan under a name of Howdah's is no longer used for the statement. */
    void differs(ShapeQuestion question);
  }

  private final PreparedStatements prepared;
  private final Statement statement;
  private final boolean named;
  private final Surprise surprise;
  private final Shape answer;
  private boolean sameParameters = true;
  private boolean sameRows = true;

  ShapeQuestion(
      PreparedStatements prepared, Statement statement, boolean named, Surprise surprise) {
    this.prepared = prepared;
    this.statement = statement;
    this.answer = statement.shape().another();
    this.named = named;
    this.surprise = surprise;
  }

  public Statement statement() {
    return statement;
  }

  /** Whether it is about the statement under its own name. */
  public boolean isNamed() {
    return named;
  }

  /** Whether rows are of the type that was known. */
  public boolean hasSameRows() {
    return sameRows;
  }

  /** Another statement of the same text is what this server says. Whether that can be. */
  public boolean describes(Statement other) {
    return other.shape().agreesWith(answer);
  }

  @Override
  public void described(byte type, ByteBuf in, int body, int length) {
    boolean same = statement.shape().admits(type, in, body, length);
    if (answer.admits(type, in, body, length) && !answer.knowsRows()) {
      sameParameters = same;
    } else {
      sameRows = same;
    }
  }

  @Override
  public void done() {
    if (sameParameters && sameRows) {
      prepared.compared(statement.key(), named);
    } else {
      if (named) {
        prepared.outdated(statement.key());
      }
      surprise.differs(this);
    }
  }

  @Override
  public void failed() {
    prepared.notCompared(statement.key(), named);
  }
}
