package io.howdah.route;

import java.nio.charset.StandardCharsets;

/** Recognises the schema of temporary objects: pg_temp, and its real names pg_temp_3 and so on. */
final class TemporarySchema {
  private static final byte[] PG_TEMP = "pg_temp".getBytes(StandardCharsets.US_ASCII);

  private TemporarySchema() {}

  static boolean is(String name) {
    return name.startsWith("pg_temp");
  }

  static boolean is(Name name) {
    return name.startsWith(PG_TEMP);
  }
}
