package io.howdah.route.lexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScannerTest {

  private static String tokens(String sql, boolean standardStrings) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    Scanner s = new Scanner();
    s.reset(bytes, 0, bytes.length, standardStrings);
    StringBuilder out = new StringBuilder();
    for (Token t = s.next(); t != Token.END; t = s.next()) {
      out.append(out.isEmpty() ? "" : " ").append(t);
      if (t == Token.ERROR) {
        return out.toString();
      }
    }
    return out.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '\0',
      value = {
        "a.b(c) => NAME DOT NAME OPEN NAME CLOSE",
        "a$1 $1a => NAME ERROR",
        "$1+$22 => PARAMETER OPERATOR PARAMETER",
        "x=-1 => NAME OPERATOR OPERATOR NUMBER",
        "x=+1 => NAME OPERATOR OPERATOR NUMBER",
        "x<=-+-1 => NAME OPERATOR OPERATOR OPERATOR OPERATOR NUMBER",
        "x?-1 => NAME OPERATOR NUMBER",
        "x@-+1 => NAME OPERATOR NUMBER",
        "x-@1 => NAME OPERATOR NUMBER",
        "x+-+ => NAME OPERATOR OPERATOR OPERATOR",
        "x=--1 => NAME OPERATOR",
        "x%-1 => NAME OPERATOR NUMBER",
        "$$a$$ $x$ $$ $x$ => STRING STRING",
        "$x$ $X$ => ERROR",
        "$x => ERROR",
        "$1$ => PARAMETER ERROR",
        "a$$b$$ => NAME",
        "$é$ ' $é$ => STRING",
        "'a''b' 'c' => STRING STRING",
        "'a\\' b => STRING NAME",
        "E'a\\'' b => STRING NAME",
        "e'\\\\' b => STRING NAME",
        "B'01' X'ff' N'a' => BITS BITS STRING",
        "U&'a' UESCAPE '!' b => STRING NAME",
        "U&\"a\" /* x */ uescape '!' ( => QUOTED_NAME OPEN",
        "U&\"a\" uescape ( => ERROR",
        "U&\"a\" uescaped => QUOTED_NAME NAME",
        "u & 'a' => NAME OPERATOR STRING",
        "\"a\"\"b\" c => QUOTED_NAME NAME",
        "\"\" => ERROR",
        "\"a => ERROR",
        "1 1.5 .5 5. 1e3 1.5E-3 => NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER",
        "1..10 => NUMBER DOT_DOT NUMBER",
        "0xFF 0o17 0b11 1_000 0x_F => NUMBER NUMBER NUMBER NUMBER NUMBER",
        "1__0 => ERROR",
        "1_ => ERROR",
        "0x => ERROR",
        "0b2 => ERROR",
        "1e => ERROR",
        "1a => ERROR",
        "a::b := c : d => NAME TYPECAST NAME COLON_EQUALS NAME COLON NAME",
        "a[1:2] => NAME OPEN_BRACKET NUMBER COLON NUMBER CLOSE_BRACKET",
        "a->>b@-c => NAME OPERATOR NAME OPERATOR NAME",
        "a+--b => NAME OPERATOR",
        "a+/*b*/c => NAME OPERATOR NAME",
        "a*/*b*/c => NAME OPERATOR NAME",
        "/*/ */ a => NAME",
        "/* /* */ */ a => NAME",
        "/* /* */ a => ERROR",
        "/***/ a => NAME",
        "--a => ''",
        "{ => ERROR",
        "\\d => ERROR",
        ", ; => COMMA SEMICOLON",
      })
  void cutsAsPostgresDoes(String sql, String expected) {
    assertThat(tokens(sql, true)).isEqualTo(expected.equals("''") ? "" : expected);
  }

  @Test
  void continuesStringsOnTheNextLineInTheSameManner() {
    assertThat(tokens("E'a'\n'\\'' b", true)).isEqualTo("STRING NAME");
    assertThat(tokens("E'a' -- x\n -- y\n '\\'' b", true)).isEqualTo("STRING NAME");
    assertThat(tokens("E'a' '\\' b", true)).isEqualTo("STRING STRING NAME");
    assertThat(tokens("E'a' /*\n*/ '\\' b", true)).isEqualTo("STRING STRING NAME");
    assertThat(tokens("'a'\r\t'b'", true)).isEqualTo("STRING");
  }

  @Test
  void takesBackslashesAsEscapesWhenStringsAreNotStandard() {
    assertThat(tokens("'a\\'' b", false)).isEqualTo("STRING NAME");
    assertThat(tokens("n'a\\'' b", false)).isEqualTo("STRING NAME");
    assertThat(tokens("b'\\' b", false)).isEqualTo("BITS NAME");
    assertThat(tokens("U&'a'", false)).isEqualTo("ERROR");
    assertThat(tokens("U&\"a\"", false)).isEqualTo("QUOTED_NAME");
  }

  @Test
  void knowsKeywordsInAnyCase() {
    assertThat(Keywords.category("SeLeCt")).isEqualTo(Keywords.Category.RESERVED);
    assertThat(Keywords.category("coalesce")).isEqualTo(Keywords.Category.COLUMN_NAME);
    assertThat(Keywords.category("left")).isEqualTo(Keywords.Category.FUNCTION_OR_TYPE);
    assertThat(Keywords.category("filter")).isEqualTo(Keywords.Category.UNRESERVED);
    assertThat(Keywords.category("selec")).isNull();
    assertThat(Keywords.category("selects")).isNull();
  }
}
