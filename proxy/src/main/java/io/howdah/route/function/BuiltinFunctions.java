package io.howdah.route.function;

import io.howdah.route.lexer.Name;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The functions of PostgreSQL's own schemas, from the resource {@code functions.txt}; every other
 * is {@link Verdict#UNKNOWN}. What users made is in their database's {@link Catalog}.
 *
 * <p>Thread: immutable once the class is there; any thread.
 */
public final class BuiltinFunctions implements Functions {
  /** The one table. */
  public static final BuiltinFunctions INSTANCE = load();

  private static final byte[] PG_CATALOG = ascii("pg_catalog");
  private static final byte[] INFORMATION_SCHEMA = ascii("information_schema");

  private static final class Entry {
    private final byte[] name;
    private final int hash;
    private final boolean informationSchema;
    private final Verdict verdict;

    Entry(byte[] name, int hash, boolean informationSchema, Verdict verdict) {
      this.name = name;
      this.hash = hash;
      this.informationSchema = informationSchema;
      this.verdict = verdict;
    }
  }

  /** A power of two, about three times the functions. */
  private final Entry[] table = new Entry[8192];

  private BuiltinFunctions() {}

  @Override
  public Verdict of(Name schema, Name name) {
    boolean information = false;
    if (schema != null && !schema.is(PG_CATALOG)) {
      if (!schema.is(INFORMATION_SCHEMA)) {
        return Verdict.UNKNOWN;
      }
      information = true;
    }
    int hash = name.hash();
    for (int slot = slot(hash); table[slot] != null; slot = (slot + 1) & (table.length - 1)) {
      Entry e = table[slot];
      if (e.hash == hash && e.informationSchema == information && name.is(e.name)) {
        return e.verdict;
      }
    }
    return Verdict.UNKNOWN;
  }

  private int slot(int hash) {
    return (hash ^ hash >>> 15) & (table.length - 1);
  }

  private void add(String line) {
    int space = line.indexOf(' ');
    String name = space < 0 ? line : line.substring(0, space);
    Verdict verdict =
        space < 0
            ? Verdict.READ
            : Verdict.valueOf(line.substring(space + 1).toUpperCase(Locale.ROOT));
    boolean information = name.startsWith("information_schema.");
    byte[] bytes = ascii(information ? name.substring(name.indexOf('.') + 1) : name);
    int hash = Name.hash(bytes, 0, bytes.length);
    int slot = slot(hash);
    while (table[slot] != null) {
      slot = (slot + 1) & (table.length - 1);
    }
    table[slot] = new Entry(bytes, hash, information, verdict);
  }

  private static BuiltinFunctions load() {
    BuiltinFunctions functions = new BuiltinFunctions();
    try (InputStream in = BuiltinFunctions.class.getResourceAsStream("functions.txt");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isEmpty() && line.charAt(0) != '#') {
          functions.add(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return functions;
  }

  private static byte[] ascii(String s) {
    return s.getBytes(StandardCharsets.US_ASCII);
  }
}
