package io.howdah.backend.ledger;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The note of a simple query into whose text Howdah has written statements of its own, each behind
 * one of the client's: tells whose statement it is that the server completes, and where in the
 * client's own text an error is.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class Interlaced implements ReplyLedger.Note {
  /**
   * A piece of the text that is sent and is not the client's.
   *
   * @param statement how many of the client's statements come before it
   * @param statements how many it adds
   * @param at how many characters of the client's text come before it
   * @param length its characters
   */
  public record Piece(int statement, int statements, int at, int length) {}

  private final ReplyLedger.Note inner;
  private final List<Piece> pieces;

  /** Statements of the client's that were completed. */
  private int completed;

  /** The next piece whose statements are to be completed, and how many of them were. */
  private int piece;

  private int ownCompleted;

  /**
   * @param inner the note of the client's statements
   * @param pieces in order
   */
  public Interlaced(ReplyLedger.Note inner, List<Piece> pieces) {
    this.inner = inner;
    this.pieces = List.copyOf(pieces);
  }

  /** The note of the client's statements. */
  public ReplyLedger.Note inner() {
    return inner;
  }

  /** A statement was completed: whether it is one of Howdah's own. */
  public boolean completes() {
    if (piece < pieces.size() && pieces.get(piece).statement() == completed) {
      ownCompleted++;
      if (ownCompleted == pieces.get(piece).statements()) {
        piece++;
        ownCompleted = 0;
      }
      return true;
    }
    completed++;
    return false;
  }

  @Override
  public void done() {
    inner.done();
  }

  @Override
  public void failed() {
    inner.failed();
  }

  @Override
  public void voided() {
    inner.voided();
  }

  /**
   * An error or notice with the position in the client's text.
   *
   * @param body of an ErrorResponse or NoticeResponse
   * @return its body, or {@code body} itself where it tells no position
   */
  public ByteBuf corrected(ByteBuf body) {
    String fields = body.toString(StandardCharsets.ISO_8859_1);
    List<String> told = new ArrayList<>();
    boolean other = false;
    for (String field : fields.split("\0")) {
      if (field.length() > 1 && field.charAt(0) == 'P') {
        String position = position(field.substring(1));
        other |= !position.equals(field.substring(1));
        if (!position.isEmpty()) {
          told.add('P' + position);
        }
      } else {
        told.add(field);
      }
    }
    return other
        ? Unpooled.copiedBuffer(String.join("\0", told) + "\0\0", StandardCharsets.ISO_8859_1)
        : body;
  }

  private String position(String sent) {
    try {
      int position = position(Integer.parseInt(sent));
      return position == 0 ? "" : String.valueOf(position);
    } catch (NumberFormatException e) {
      return sent;
    }
  }

  /**
   * Where in the client's text is what the server tells of.
   *
   * @param sent the position in the text that was sent, from 1
   * @return 0 where it is in what Howdah wrote
   */
  int position(int sent) {
    int position = sent;
    for (Piece each : pieces) {
      if (position <= each.at()) {
        break;
      }
      if (position <= each.at() + each.length()) {
        return 0;
      }
      position -= each.length();
    }
    return position;
  }
}
