package io.howdah.admin;

/** The types of the console's columns. */
public enum ColumnType {
  BOOL(16, 1),
  INT8(20, 8),
  INT4(23, 4),
  TEXT(25, -1),
  NUMERIC(1700, -1);

  private final int oid;
  private final int size;

  ColumnType(int oid, int size) {
    this.oid = oid;
    this.size = size;
  }

  /** The type's OID in pg_type, for RowDescription. */
  public int oid() {
    return oid;
  }

  /** Its typlen, for RowDescription; -1 when it varies. */
  public int size() {
    return size;
  }
}
