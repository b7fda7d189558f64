package io.howdah.e2e.prepared;

import io.howdah.e2e.harness.Db;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Statements about two tables and a view, and what may be done to these. Types are told by their
 * place; in what is done {@code %s} stands before names.
 */
final class TypeChanges {
  static final String[] TYPES = {"int8", "float8", "int4", "text"};
  static final int[] OIDS = {Believer.INT8, Believer.FLOAT8, Believer.INT4, Believer.TEXT};

  static final String[] TEXTS = {
    "SELECT * FROM r",
    "SELECT v FROM r WHERE v::text = $1::text",
    "INSERT INTO w (v) VALUES ($1)",
    "INSERT INTO w (v) VALUES ($1) RETURNING *",
    "SELECT * FROM seen",
    "UPDATE w SET v = $1 WHERE false RETURNING v",
  };

  static final List<String> MORE =
      List.of("ALTER TABLE %sr ADD COLUMN IF NOT EXISTS more int DEFAULT 3");

  static final List<String> LESS = List.of("ALTER TABLE %sr DROP COLUMN IF EXISTS more");

  private TypeChanges() {}

  /** Makes all of them. */
  static String[] tables(String at, int type) {
    return new String[] {
      "DROP VIEW IF EXISTS " + at + "seen",
      "DROP TABLE IF EXISTS " + at + "r, " + at + "w",
      "CREATE TABLE " + at + "r (v " + TYPES[type] + ")",
      "INSERT INTO " + at + "r VALUES (42)",
      "CREATE TABLE " + at + "w (v " + TYPES[type] + ")",
      "CREATE VIEW " + at + "seen AS SELECT 7::" + TYPES[type] + " AS v"
    };
  }

  static List<String> widerView(int type) {
    return List.of("CREATE OR REPLACE VIEW %sseen AS SELECT 7::" + TYPES[type] + " AS v, 8 AS u");
  }

  static List<String> newView(int type) {
    return List.of("DROP VIEW %sseen", "CREATE VIEW %sseen AS SELECT 7::" + TYPES[type] + " AS v");
  }

  static List<String> ofColumn(int type) {
    String alter = " ALTER v TYPE " + TYPES[type] + " USING v::text::" + TYPES[type];
    return List.of("ALTER TABLE %sr" + alter, "ALTER TABLE %sw" + alter);
  }

  /** What the column {@code v} of a table or view is. */
  static int typeOf(Db owner, String table) {
    String now =
        owner.value(
            "SELECT atttypid::int FROM pg_attribute WHERE attname = 'v' AND attrelid = '"
                + table
                + "'::regclass");
    return IntStream.range(0, OIDS.length)
        .filter(i -> OIDS[i] == Integer.parseInt(now))
        .findFirst()
        .orElseThrow();
  }
}
