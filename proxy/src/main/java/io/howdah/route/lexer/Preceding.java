package io.howdah.route.lexer;

import io.howdah.route.lexer.Keywords.Category;
import io.howdah.route.lexer.Keywords.Keyword;

/**
 * The token last seen, the name that it may be (perhaps qualified), and what stood before all of
 * that name: enough to tell a call from an alias, a type or a piece of syntax. Mutable, reused.
 */
public final class Preceding {
  private Token token;
  private Word word = Word.OTHER;

  /** Of the last token, where it stood as a keyword; else null. */
  private Category category;

  private final Name name = new Name();
  private final Name qualifier = new Name();
  private int parts;
  private Keyword nameKeyword;
  private Token before;
  private Word beforeWord = Word.OTHER;

  /** The word before that one, where both stood as keywords side by side. */
  private Word earlierWord = Word.OTHER;

  private Category beforeCategory;

  public void begin() {
    parts = 0;
    nameKeyword = null;
    before = null;
    beforeWord = Word.OTHER;
    earlierWord = Word.OTHER;
    beforeCategory = null;
    after(null);
  }

  /** The last token, null at the beginning. */
  public Token token() {
    return token;
  }

  /** The last token's word where it stood as a keyword. */
  public Word word() {
    return word;
  }

  /** The word before the name last seen. */
  public Word beforeWord() {
    return beforeWord;
  }

  /** The last part of the name last seen. */
  public Name name() {
    return name;
  }

  /** What stood before the name's last dot. */
  public Name qualifier() {
    return qualifier;
  }

  /** Parts of the name last seen; more than 2 where it is qualified by more than a name. */
  public int parts() {
    return parts;
  }

  /** A token that is no name. */
  public void after(Token t) {
    if (t == Token.DOT && token != Token.NAME && token != Token.QUOTED_NAME) {
      // A field of an expression: what comes is no name of a function that could be looked up.
      parts = 0;
    }
    token = t;
    word = Word.OTHER;
    category = null;
  }

  /** The scanner's current name; {@code keyword} is null where it stands as a plain name. */
  public void name(Scanner s, Keyword keyword) {
    if (token == Token.DOT) {
      parts = parts == 0 ? 3 : parts + 1;
      qualifier.set(name);
    } else {
      parts = 1;
      earlierWord = token == Token.NAME ? beforeWord : Word.OTHER;
      before = token;
      beforeWord = word;
      beforeCategory = category;
    }
    nameKeyword = keyword;
    s.name(name);
    token = s.token();
    word = keyword == null ? Word.OTHER : keyword.word();
    category = keyword == null ? null : keyword.category();
  }

  /**
   * Whether the name before this parenthesis can be a function that is called.
   *
   * @param inWithList among the names of a WITH, which are no calls
   * @param inGroupBy where ROLLUP and CUBE are syntax
   */
  public boolean isCall(boolean inWithList, boolean inGroupBy) {
    if (nameKeyword != null && parts == 1 && isSyntax(inGroupBy)) {
      return false;
    }
    if (inWithList || before == null) {
      return false;
    }
    return switch (before) {
      case STRING, BITS, NUMBER, PARAMETER, CLOSE, CLOSE_BRACKET, QUOTED_NAME, TYPECAST -> false;
      case NAME -> beforeCategory != null && maybeBeforeCall(beforeWord);
      default -> true;
    };
  }

  /** Behind AS is an alias or a type, behind INTO a table with its columns. */
  private static boolean maybeBeforeCall(Word keyword) {
    return keyword != Word.AS && keyword != Word.ORDINALITY && keyword != Word.INTO;
  }

  /** Whether the keyword before this parenthesis is a piece of syntax here. */
  private boolean isSyntax(boolean inGroupBy) {
    Word word = nameKeyword.word();
    return switch (nameKeyword.category()) {
      case RESERVED, COLUMN_NAME -> true;
      case FUNCTION_OR_TYPE ->
          switch (word) {
            case LIKE, ILIKE, OVERLAPS, JOIN, VERBOSE -> true;
            default -> false;
          };
      case UNRESERVED ->
          switch (word) {
            case BY ->
                beforeWord == Word.GROUP
                    || beforeWord == Word.ORDER
                    || beforeWord == Word.PARTITION;
            case ROLLUP, CUBE -> inGroupBy;
            case SETS -> beforeWord == Word.GROUPING;
            case FIRST, NEXT -> beforeWord == Word.FETCH;
            // INTERVAL SECOND (3), and MINUTE TO SECOND (3) but not SIMILAR TO second(3).
            case SECOND ->
                beforeWord == Word.INTERVAL
                    || (beforeWord == Word.TO && earlierWord != Word.SIMILAR);
            case ZONE -> beforeWord == Word.TIME;
            case OVER -> beforeWord == Word.NULLS;
            case VARYING -> beforeCategory == Category.COLUMN_NAME;
            default -> false;
          };
    };
  }

  /**
   * Whether the name before this parenthesis, where nobody knows a function of that name, may well
   * be a piece of syntax, such as CONFLICT.
   */
  public boolean mayBeSyntax() {
    return nameKeyword != null && parts == 1;
  }
}
