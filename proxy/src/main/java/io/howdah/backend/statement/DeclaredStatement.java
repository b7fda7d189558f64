package io.howdah.backend.statement;

import io.howdah.route.fact.Facts;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A statement that SQL's PREPARE made: it can be made again on another server connection by the
 * same text.
 *
 * @param text the whole PREPARE statement, each byte as a char
 * @param writing how the bytes are meant; null where that makes no difference
 */
public record DeclaredStatement(String text, Writing writing, Facts facts) implements Binding {
  public DeclaredStatement {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    writing = Writing.matters(bytes, bytes.length) ? writing : null;
  }

  @Override
  public int bytes() {
    return text.length() + 64;
  }

  @Override
  public boolean equals(Object o) {
    return this == o
        || o instanceof DeclaredStatement other
            && text.equals(other.text)
            && Objects.equals(writing, other.writing);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
