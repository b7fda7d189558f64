package io.howdah.route.lexer;

/** What the {@link Scanner} can find. */
public enum Token {
  /** No more tokens. */
  END,
  /** An unquoted identifier or a keyword. */
  NAME,
  /** "…" or U&"…" with its UESCAPE. */
  QUOTED_NAME,
  /** Any string constant: '…', E'…', N'…', U&'…', $tag$…$tag$. */
  STRING,
  /** B'…' or X'…'. */
  BITS,
  /** A numeric constant. */
  NUMBER,
  /** $1. */
  PARAMETER,
  /** Operator characters, as many as PostgreSQL takes at once. */
  OPERATOR,
  OPEN,
  CLOSE,
  OPEN_BRACKET,
  CLOSE_BRACKET,
  COMMA,
  SEMICOLON,
  DOT,
  /** {@code ..} */
  DOT_DOT,
  /** {@code :} */
  COLON,
  /** {@code ::} */
  TYPECAST,
  /** {@code :=} */
  COLON_EQUALS,
  /** Something PostgreSQL's lexer refuses, or that does not end. Every later token is this too. */
  ERROR
}
