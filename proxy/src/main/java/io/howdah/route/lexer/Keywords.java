package io.howdah.route.lexer;

import java.nio.charset.StandardCharsets;

/**
 * PostgreSQL 18's keywords, as {@code pg_get_keywords()} lists them, found from bytes without
 * allocation. A keyword's category decides whether it can be the name of a function or a column.
 */
public final class Keywords {
  /** What a keyword may be besides itself; PostgreSQL's documentation, appendix C. */
  public enum Category {
    /** May name anything. */
    UNRESERVED,
    /** May name a column or table, never a function or type. */
    COLUMN_NAME,
    /** May name a function or type, never a column or table. */
    FUNCTION_OR_TYPE,
    /** Only itself, but for a label after AS or a dot. */
    RESERVED
  }

  /** One keyword; {@link #word()} is {@link Word#OTHER} where the classifier has no use for it. */
  public static final class Keyword {
    private final byte[] bytes;
    private final int hash;
    private final Category category;
    private final Word word;

    Keyword(byte[] bytes, int hash, Category category, Word word) {
      this.bytes = bytes;
      this.hash = hash;
      this.category = category;
      this.word = word;
    }

    public Category category() {
      return category;
    }

    public Word word() {
      return word;
    }
  }

  private static final String RESERVED =
      """
      all analyse analyze and any array as asc asymmetric both case cast check collate column
      constraint create current_catalog current_date current_role current_time current_timestamp
      current_user default deferrable desc distinct do else end except false fetch for foreign
      from grant group having in initially intersect into lateral leading limit localtime
      localtimestamp not null offset on only or order placing primary references returning
      select session_user some symmetric system_user table then to trailing true union unique
      user using variadic when where window with
      """;

  private static final String FUNCTION_OR_TYPE =
      """
      authorization binary collation concurrently cross current_schema freeze full ilike inner
      is isnull join left like natural notnull outer overlaps right similar tablesample verbose
      """;

  private static final String COLUMN_NAME =
      """
      between bigint bit boolean char character coalesce dec decimal exists extract float
      greatest grouping inout int integer interval json json_array json_arrayagg json_exists
      json_object json_objectagg json_query json_scalar json_serialize json_table json_value
      least merge_action national nchar none normalize nullif numeric out overlay position
      precision real row setof smallint substring time timestamp treat trim values varchar
      xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
      xmlroot xmlserialize xmltable
      """;

  /** The last ones, repack and wait, begin statements of PostgreSQL 19. */
  private static final String UNRESERVED =
      """
      abort absent absolute access action add admin after aggregate also alter always asensitive
      assertion assignment at atomic attach attribute backward before begin breadth by cache
      call called cascade cascaded catalog chain characteristics checkpoint class close cluster
      columns comment comments commit committed compression conditional configuration conflict
      connection constraints content continue conversion copy cost csv cube current cursor cycle
      data database day deallocate declare defaults deferred definer delete delimiter delimiters
      depends depth detach dictionary disable discard document domain double drop each empty
      enable encoding encrypted enforced enum error escape event exclude excluding exclusive
      execute explain expression extension external family filter finalize first following force
      format forward function functions generated global granted groups handler header hold hour
      identity if immediate immutable implicit import include including increment indent index
      indexes inherit inherits inline input insensitive insert instead invoker isolation keep
      key keys label language large last leakproof level listen load local location lock locked
      logged mapping match matched materialized maxvalue merge method minute minvalue mode month
      move name names nested new next nfc nfd nfkc nfkd no normalized nothing notify nowait
      nulls object objects of off oids old omit operator option options ordinality others over
      overriding owned owner parallel parameter parser partial partition passing password path
      period plan plans policy preceding prepare prepared preserve prior privileges procedural
      procedure procedures program publication quote quotes range read reassign recursive ref
      referencing refresh reindex relative release rename repack repeatable replace replica
      reset restart restrict return returns revoke role rollback rollup routine routines rows
      rule savepoint scalar schema schemas scroll search second security sequence sequences
      serializable server session set sets share show simple skip snapshot source sql stable
      standalone start statement statistics stdin stdout storage stored strict string strip
      subscription support sysid system tables tablespace target temp template temporary text
      ties transaction transform trigger truncate trusted type types uescape unbounded
      uncommitted unconditional unencrypted unknown unlisten unlogged until update vacuum valid
      validate validator value varying version view views virtual volatile wait whitespace
      within without work wrapper write xml year yes zone
      """;

  /** A power of two, four times the keywords, so that most words miss at the first look. */
  private static final Keyword[] TABLE = new Keyword[2048];

  static {
    addAll(RESERVED, Category.RESERVED);
    addAll(FUNCTION_OR_TYPE, Category.FUNCTION_OR_TYPE);
    addAll(COLUMN_NAME, Category.COLUMN_NAME);
    addAll(UNRESERVED, Category.UNRESERVED);
  }

  private Keywords() {}

  private static void addAll(String words, Category category) {
    for (String text : words.trim().split("\\s+")) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      int hash = Name.hash(bytes, 0, bytes.length);
      int slot = slot(hash);
      while (TABLE[slot] != null) {
        slot = (slot + 1) & (TABLE.length - 1);
      }
      TABLE[slot] = new Keyword(bytes, hash, category, Word.of(text));
    }
  }

  private static int slot(int hash) {
    return (hash ^ hash >>> 15) & (TABLE.length - 1);
  }

  /**
   * The keyword that these bytes are in any case, or null.
   *
   * @param hash of the bytes, as {@link Name#hash} makes it
   */
  static Keyword find(byte[] sql, int start, int end, int hash) {
    for (int slot = slot(hash); TABLE[slot] != null; slot = (slot + 1) & (TABLE.length - 1)) {
      Keyword k = TABLE[slot];
      if (k.hash == hash && Name.equalsFolded(sql, start, end, k.bytes)) {
        return k;
      }
    }
    return null;
  }

  /** The category of a word in lower case; null when it is no keyword. */
  static Category category(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Keyword k = find(bytes, 0, bytes.length, Name.hash(bytes, 0, bytes.length));
    return k == null ? null : k.category;
  }
}
