package io.howdah.frontend.settings;

import io.howdah.backend.ledger.Interlaced;
import io.howdah.backend.ledger.Interlaced.Piece;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.route.fact.SessionEffect;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A simple query of the client's with statements of Howdah's own in its text, each where one of the
 * client's ends: only so do they come between two statements of one string, within the transaction
 * that these are in.
 *
 * @param message what is sent in place of the client's
 * @param note of the whole
 */
public record InterlacedQuery(ByteBuf message, Interlaced note) {
  /**
   * Writes into a query string what has to follow its statements.
   *
   * @param effects of the text's statements, in order
   * @param note of the client's own text
   * @param in holds the text from {@code from} to {@code to}, where its closing zero is
   * @param utf8 whether the text is in UTF-8; else a byte is taken for a character
   */
  public static InterlacedQuery of(
      List<SessionEffect> effects,
      StartupValues values,
      ReplyLedger.Note note,
      ByteBuf in,
      int from,
      int to,
      boolean utf8,
      ByteBufAllocator alloc) {
    ByteBuf out = alloc.buffer(to - from + 256);
    out.writeByte(FrontendType.QUERY).writeInt(0);
    List<Piece> pieces = new ArrayList<>(2);
    List<String> sql = new ArrayList<>(2);
    int statement = 1;
    int copied = from;
    for (SessionEffect effect : effects) {
      if (effect instanceof SessionEffect.StatementEnd end) {
        if (!sql.isEmpty()) {
          int at = from + end.at();
          out.writeBytes(in, copied, at - copied);
          copied = at;
          pieces.add(piece(sql, statement, characters(in, from, at, utf8), out));
          sql.clear();
        }
        statement++;
      } else {
        sql.addAll(values.within(effect));
      }
    }
    out.writeBytes(in, copied, to - copied);
    if (!sql.isEmpty()) {
      pieces.add(piece(sql, statement, characters(in, from, to, utf8), out));
    }
    out.writeByte(0);
    out.setInt(1, out.writerIndex() - 1);
    return new InterlacedQuery(out, new Interlaced(note, pieces));
  }

  /** The line feed ends a comment that may stand at the end of the client's text. */
  private static Piece piece(List<String> sql, int statement, int at, ByteBuf out) {
    String text = "\n;" + String.join(";", sql);
    out.writeCharSequence(text, StandardCharsets.UTF_8);
    return new Piece(statement, sql.size(), at, text.codePointCount(0, text.length()));
  }

  private static int characters(ByteBuf in, int from, int to, boolean utf8) {
    int count = to - from;
    if (utf8) {
      for (int i = from; i < to; i++) {
        count -= (in.getByte(i) & 0xC0) == 0x80 ? 1 : 0;
      }
    }
    return count;
  }
}
