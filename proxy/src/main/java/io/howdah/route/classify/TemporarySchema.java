package io.howdah.route.classify;

import io.howdah.route.lexer.Name;
import java.nio.charset.StandardCharsets;

/** Recognises the schema of temporary objects: pg_temp, and its real names pg_temp_3 and so on. */
public final class TemporarySchema {
  private static final byte[] PG_TEMP = "pg_temp".getBytes(StandardCharsets.US_ASCII);

  private TemporarySchema() {}

  public static boolean is(String name) {
    return name.startsWith("pg_temp");
  }

  static boolean is(Name name) {
    return name.startsWith(PG_TEMP);
  }
}
