package io.howdah.backend.statement;

import io.howdah.route.fact.Facts;

/**
 * A statement that SQL's PREPARE made: it can be made again on another server connection by the
 * same text.
 *
 * @param text the whole PREPARE statement, each byte as a char
 * @param encoding the client encoding that the bytes are in
 */
public record DeclaredStatement(String text, String encoding, Facts facts) implements Binding {
  @Override
  public int bytes() {
    return text.length() + 64;
  }

  @Override
  public boolean equals(Object o) {
    return this == o
        || o instanceof DeclaredStatement other
            && text.equals(other.text)
            && encoding.equals(other.encoding);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
