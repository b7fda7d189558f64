package io.howdah.backend.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandTagTest {
  private static CommandTag of(String tag) {
    ByteBuf in = Unpooled.copiedBuffer("xx" + tag + "\0", StandardCharsets.US_ASCII);
    return CommandTag.of(in, 2, tag.length() + 1);
  }

  @ParameterizedTest
  @CsvSource({
    "SET, SET",
    "RESET, RESET",
    "DISCARD ALL, DISCARD_ALL",
    "DISCARD TEMP, DISCARD",
    "DISCARD SEQUENCES, DISCARD",
    "DISCARD PLANS, DISCARD",
    "DEALLOCATE ALL, DEALLOCATE_ALL",
    "DEALLOCATE, DEALLOCATE",
    "PREPARE, PREPARE",
    "LISTEN, LISTEN",
    "UNLISTEN, UNLISTEN",
    "LOAD, LOAD",
    "DECLARE CURSOR, DECLARE_CURSOR",
    "COMMIT, COMMIT",
    "ROLLBACK, ROLLBACK",
    "SELECT 1, OTHER",
    "INSERT 0 1, OTHER",
    "UPDATE 3, OTHER",
    "SET CONSTRAINTS, OTHER",
    "PREPARE TRANSACTION, OTHER",
    "COMMIT PREPARED, SCHEMA",
    "ROLLBACK PREPARED, OTHER",
    "CREATE TABLE, SCHEMA",
    "CREATE MATERIALIZED VIEW, SCHEMA",
    "ALTER TABLE, SCHEMA",
    "DROP OWNED, SCHEMA",
    "IMPORT FOREIGN SCHEMA, SCHEMA",
    "CREATE FUNCTION, ROUTINE",
    "ALTER PROCEDURE, ROUTINE",
    "DROP ROUTINE, ROUTINE",
    "CREATE EVENT TRIGGER, ROUTINE",
    "CREATE EXTENSION, ROUTINE",
    "CREATE VIEW, SCHEMA",
    "DO, CODE",
    "CALL, CODE",
    "DELETE 5, OTHER",
    "ANALYZE, OTHER",
    "CLOSE CURSOR, OTHER",
    "COPY 1, OTHER",
    "BEGIN, OTHER",
    "set, OTHER",
    "REFRESH MATERIALIZED VIEW, OTHER",
    "SAVEPOINT, OTHER",
    "RELEASE, OTHER"
  })
  void tags(String tag, CommandTag expected) {
    assertThat(of(tag)).isEqualTo(expected);
  }

  @Test
  void whatIsTooShortIsNone() {
    for (String tag : new String[] {"", "S", "SE", "R", "C", "D"}) {
      assertThat(of(tag)).isEqualTo(CommandTag.OTHER);
    }
  }
}
