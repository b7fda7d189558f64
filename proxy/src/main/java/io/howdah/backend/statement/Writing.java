package io.howdah.backend.statement;

import java.util.ArrayList;
import java.util.List;

/**
 * How the bytes of a statement's text are meant: what they are and where a string ends. A text that
 * is sent again, on another server connection, has to be read there as it was when its client sent
 * it, whatever the client has set since.
 *
 * @param encoding {@code client_encoding}
 * @param conforming {@code standard_conforming_strings}
 */
public record Writing(String encoding, boolean conforming) {
  /** Whether a text, to its closing zero, depends on that at all. */
  public static boolean matters(byte[] text, int length) {
    for (int i = 0; i < length && text[i] != 0; i++) {
      boolean unicode = text[i] == '&' && i + 1 < length && text[i + 1] == '\'';
      if (text[i] < 0 || text[i] == '\\' || unicode) {
        return true;
      }
    }
    return false;
  }

  /** The SQL that makes a server session read so which reads otherwise. */
  List<String> from(Writing now) {
    List<String> sql = new ArrayList<>(2);
    if (!encoding.equals(now.encoding)) {
      sql.add("SET client_encoding TO '" + encoding + '\'');
    }
    if (conforming != now.conforming) {
      sql.add("SET standard_conforming_strings TO " + (conforming ? "on" : "off"));
    }
    return sql;
  }
}
