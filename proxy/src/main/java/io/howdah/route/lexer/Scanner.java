package io.howdah.route.lexer;

import static io.howdah.route.lexer.Token.*;

import io.howdah.route.lexer.Keywords.Keyword;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * PostgreSQL's lexical rules (documentation, section 4.1; the server's {@code scan.l}) over bytes
 * of any encoding in which no byte of a longer character is ASCII. Allocates nothing. Where servers
 * of different versions disagree (such as {@code 1a}), the answer is {@link Token#ERROR}.
 *
 * <p>Thread: one at a time; reused by {@link #reset}.
 */
public final class Scanner {
  private byte[] sql = {};
  private int pos;
  private int limit;
  private boolean standardStrings;
  private boolean utf8;
  private int tokens;
  private Hint hint = Hint.NONE;
  private Token token = END;
  private int start;
  private int hash;
  private Keyword keyword;

  /** Begins anew. {@code standardStrings}: the session's standard_conforming_strings. */
  public void reset(byte[] newSql, int offset, int length, boolean newStandardStrings) {
    reset(newSql, offset, length, newStandardStrings, true);
  }

  /** The same; {@code newUtf8}: else what is not ASCII has no value that can be told. */
  public void reset(
      byte[] newSql, int offset, int length, boolean newStandardStrings, boolean newUtf8) {
    sql = newSql;
    utf8 = newUtf8;
    pos = offset;
    limit = offset + length;
    standardStrings = newStandardStrings;
    tokens = 0;
    hint = Hint.NONE;
    token = END;
    start = offset;
    keyword = null;
  }

  /** A second scanner that goes on from here, to look ahead. */
  public Scanner fork() {
    Scanner s = new Scanner();
    s.reset(sql, pos, limit - pos, standardStrings, utf8);
    s.tokens = 2;
    return s;
  }

  public Token token() {
    return token;
  }

  /** The keyword of the current token, or null. */
  public Keyword keyword() {
    return keyword;
  }

  /** The classifier's word for the current token. */
  public Word word() {
    return keyword == null ? Word.OTHER : keyword.word();
  }

  /** What the comments at the beginning asked for. */
  public Hint hint() {
    return hint;
  }

  /** Where the current token begins in the array. */
  public int start() {
    return start;
  }

  /** Where it ends. */
  int end() {
    return pos;
  }

  /** The current token's bytes as text. */
  public String text() {
    return new String(sql, start, pos - start, StandardCharsets.UTF_8);
  }

  /** The bytes from {@code from} to the current token as they stand, a char each. */
  public String bytesFrom(int from) {
    return new String(sql, from, start - from, StandardCharsets.ISO_8859_1);
  }

  /** As {@link #bytesFrom}, with the semicolon where that is the current token. */
  public String bytesThrough(int from) {
    int end = token == Token.SEMICOLON ? pos : start;
    return new String(sql, from, end - from, StandardCharsets.ISO_8859_1);
  }

  /** Whether what the current {@link Token#STRING} quotes begins with a word, in whatever case. */
  public boolean stringBegins(byte[] word) {
    return Literals.begins(sql, start, pos, word);
  }

  /** The value of the current {@link Token#STRING}; null where {@link Literals} can't tell. */
  public String string() {
    return isLegible() ? Literals.string(sql, start, pos, standardStrings) : null;
  }

  /** Whether it can be told which characters the current token's bytes are. */
  public boolean isLegible() {
    return utf8 || Literals.isAscii(sql, start, pos);
  }

  /** The current name as the server knows it. Allocates. */
  public String nameText() {
    Name name = new Name();
    name(name);
    return name.toString();
  }

  /** Puts the current {@link Token#NAME} or {@link Token#QUOTED_NAME} into {@code name}. */
  public void name(Name name) {
    if (token == NAME) {
      name.set(sql, start, pos, hash, false);
      return;
    }
    name.setQuoted(sql, start, pos);
  }

  /** Moves to the next token. After {@link Token#END} and {@link Token#ERROR} it stays there. */
  public Token next() {
    keyword = null;
    if (token == ERROR || !skipSpace()) {
      token = ERROR;
    } else if (pos == limit) {
      token = END;
    } else {
      tokens++;
      start = pos;
      token = scan();
      return token;
    }
    start = pos;
    return token;
  }

  private Token scan() {
    byte b = sql[pos];
    if (Chars.is(b, Chars.NAME_START)) {
      return scanNameOrPrefixedString(b);
    }
    if (Chars.is(b, Chars.OPERATOR)) {
      return scanOperator();
    }
    if (Chars.is(b, Chars.DIGIT)) {
      return endNumber(Numbers.end(sql, pos, limit));
    }
    return switch (b) {
      case '(' -> one(OPEN);
      case ')' -> one(CLOSE);
      case ',' -> one(COMMA);
      case '.' -> scanDot();
      case ';' -> one(SEMICOLON);
      case '[' -> one(OPEN_BRACKET);
      case ']' -> one(CLOSE_BRACKET);
      case ':' -> scanColon();
      case '\'' -> scanString(1, !standardStrings, STRING);
      case '"' -> scanQuotedName(1);
      case '$' -> scanDollar();
      default -> ERROR;
    };
  }

  private Token scanColon() {
    return switch (peek(1)) {
      case ':' -> many(TYPECAST, 2);
      case '=' -> many(COLON_EQUALS, 2);
      default -> one(COLON);
    };
  }

  private Token one(Token t) {
    pos++;
    return t;
  }

  private Token many(Token t, int length) {
    pos += length;
    return t;
  }

  private int peek(int ahead) {
    return pos + ahead < limit ? sql[pos + ahead] : -1;
  }

  private Token scanDot() {
    int next = peek(1);
    if (next >= '0' && next <= '9') {
      return endNumber(Numbers.end(sql, pos, limit));
    }
    return next == '.' ? many(DOT_DOT, 2) : one(DOT);
  }

  private Token endNumber(int end) {
    if (end < 0) {
      return ERROR;
    }
    pos = end;
    return NUMBER;
  }

  private Token scanNameOrPrefixedString(byte first) {
    int next = peek(1);
    if (next == '\'') {
      int prefix = first | 0x20;
      if (prefix == 'e') {
        return scanString(2, true, STRING);
      }
      if (prefix == 'b' || prefix == 'x') {
        return scanString(2, false, BITS);
      }
      if (prefix == 'n') {
        return scanString(2, !standardStrings, STRING);
      }
    } else if (next == '&' && (first | 0x20) == 'u' && (peek(2) == '\'' || peek(2) == '"')) {
      return scanUnicode();
    }
    int h = 0;
    int p = pos;
    while (p < limit && Chars.is(sql[p], Chars.NAME_PART)) {
      h = Name.hash(h, sql[p++]);
    }
    pos = p;
    hash = h;
    keyword = Keywords.find(sql, start, p, h);
    return NAME;
  }

  /** U&'…' and U&"…"; a UESCAPE that follows belongs to the token. */
  private Token scanUnicode() {
    boolean name = peek(2) == '"';
    if (!name && !standardStrings) {
      return ERROR;
    }
    Token result = name ? scanQuotedName(3) : scanString(3, false, STRING);
    if (result == ERROR) {
      return ERROR;
    }
    int after = pos;
    if (!skipSpace()) {
      return ERROR;
    }
    int p = pos;
    while (p < limit && Chars.is(sql[p], Chars.NAME_PART)) {
      p++;
    }
    if (!Name.equalsFolded(sql, pos, p, UESCAPE)) {
      pos = after;
      return result;
    }
    pos = p;
    if (!skipSpace() || peek(0) != '\'') {
      return ERROR;
    }
    Token escape = scanString(1, false, STRING);
    return escape == ERROR ? ERROR : result;
  }

  private static final byte[] UESCAPE = {'u', 'e', 's', 'c', 'a', 'p', 'e'};

  /** From the quote at {@code pos + prefix - 1} to its end, over continuations on later lines. */
  private Token scanString(int prefix, boolean escapes, Token kind) {
    int p = pos + prefix;
    while (true) {
      p = Strings.closingQuote(sql, p, limit, (byte) '\'', escapes);
      if (p < 0) {
        return ERROR;
      }
      int more = Strings.continuation(sql, p + 1, limit);
      if (more < 0) {
        pos = p + 1;
        return kind;
      }
      p = more;
    }
  }

  private Token scanQuotedName(int prefix) {
    int p = Strings.closingQuote(sql, pos + prefix, limit, (byte) '"', false);
    if (p < 0 || p == pos + prefix) {
      return ERROR;
    }
    pos = p + 1;
    return QUOTED_NAME;
  }

  private Token scanDollar() {
    int p = pos + 1;
    if (p < limit && Chars.is(sql[p], Chars.DIGIT)) {
      while (p < limit && Chars.is(sql[p], Chars.DIGIT)) {
        p++;
      }
      if (p < limit && Chars.is(sql[p], Chars.NAME_START)) {
        return ERROR;
      }
      pos = p;
      return PARAMETER;
    }
    int end = Strings.dollarQuoteEnd(sql, pos, limit);
    if (end < 0) {
      return ERROR;
    }
    pos = end;
    return STRING;
  }

  private Token scanOperator() {
    pos = Operators.end(sql, pos, limit);
    return OPERATOR;
  }

  /** Over white space and comments; false when a comment does not end. */
  private boolean skipSpace() {
    while (pos < limit) {
      if (Chars.is(sql[pos], Chars.SPACE)) {
        pos++;
      } else if (Strings.commentAt(sql, pos, limit)) {
        int end = Strings.commentEnd(sql, pos, limit);
        if (end < 0) {
          return false;
        }
        if (tokens <= 1 && hint != Hint.PRIMARY) {
          hint = hint.and(Hint.in(sql, pos, end));
        }
        pos = end;
      } else {
        return true;
      }
    }
    return true;
  }

  /** Whether the current token's bytes are exactly these. */
  public boolean isText(byte[] text) {
    return Arrays.equals(sql, start, pos, text, 0, text.length);
  }
}
