package io.howdah.e2e.chaos;

import io.howdah.e2e.wire.Message;
import java.util.List;

/**
 * What a client was answered, without what may come at any time.
 *
 * @param messages in their order
 */
record Replies(List<Message> messages) {
  /** The types, one letter a message. */
  String types() {
    StringBuilder types = new StringBuilder();
    messages.forEach(each -> types.append(each.type()));
    return types.toString();
  }

  /** The first columns of all rows. */
  List<String> column() {
    return messages.stream()
        .filter(each -> each.type() == 'D')
        .map(each -> each.row().getFirst())
        .toList();
  }

  /** The columns of the first row. */
  List<String> row() {
    return messages.stream().filter(each -> each.type() == 'D').findFirst().orElseThrow().row();
  }

  /** The SQLSTATE of the first error, or an empty text. */
  String sqlstate() {
    return error('C');
  }

  /** A field of the first error, or an empty text. */
  String error(char field) {
    return messages.stream()
        .filter(each -> each.type() == 'E')
        .map(each -> each.field(field))
        .findFirst()
        .orElse("");
  }

  /** The transaction status at the end. */
  char status() {
    return (char) messages.getLast().body()[0];
  }

  @Override
  public String toString() {
    return messages.toString();
  }
}
