package io.howdah.e2e.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.prepared.Believer.Outcome;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tables, views and search_path change between any two requests in the life of prepared statements.
 * Two clients, each twice: at PostgreSQL, and through Howdah over a few server connections, of
 * which others keep now these and now those busy. Nobody reads or stores a value through Howdah
 * that it does not at PostgreSQL, unless PostgreSQL refuses what Howdah prepares anew for a client
 * that knows nothing of types.
 */
class ChangingTypesTest {
  private static final int ROUNDS = Integer.getInteger("changing-types.rounds", 200);
  private static final int STEPS = 25;
  private static final String[] SIDES = {"direct", "through"};

  private final List<String> said = new ArrayList<>();
  private Random random;
  private boolean past;
  private Db owner;
  private Howdah howdah;
  private Believer[][] clients;
  private Wire[] hogs;
  private boolean[] hogging;

  /**
   * What the column is in each of the two schemas, and that of the view, by place in
   * TypeChanges.TYPES.
   */
  private final int[] type = new int[2];

  private final int[] viewType = new int[2];

  private final int[] path = new int[2];
  private final String[][] texts = new String[2][2];

  /** The client whose transaction is open, or -1; and where it looked for tables before. */
  private int inTransaction;

  private int pathBefore;

  private final char[] status = new char[2];
  private int refusedOnly;
  private int values;

  /**
   * @param past whether some of the changes are made past Howdah, which may tell of types then as
   *     they were
   */
  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "false, true", "true, true"})
  void nobodyMeetsAnotherValue(boolean reusesUnnamed, boolean past) throws IOException {
    this.past = past;
    long seed = Long.getLong("changing-types.seed", new Random().nextInt(1_000_000_000));
    System.out.println("changing-types.seed=" + seed);
    random = new Random(seed);
    for (String side : SIDES) {
      for (int s = 0; s < 2; s++) {
        Servers.shared()
            .prepare(
                "DROP SCHEMA IF EXISTS " + side + s + " CASCADE",
                "CREATE SCHEMA " + side + s + " AUTHORIZATION " + Servers.USER);
      }
    }
    try (Db superuser = Servers.shared().superuser(Servers.shared().primary());
        Howdah through =
            Howdah.of(PoolMode.TRANSACTION)
                .poolSize(4)
                .splitReads(false)
                .reuseUnnamedPlans(reusesUnnamed)
                .start()) {
      owner = superuser;
      owner.run("SET ROLE " + Servers.USER);
      howdah = through;
      for (int round = 0; round < ROUNDS; round++) {
        said.clear();
        said.add("seed " + seed + ", round " + round);
        round();
      }
    }
    System.out.println(
        "changing types: " + values + " values, " + refusedOnly + " refused by Howdah alone");
    assertThat(values).isGreaterThan(ROUNDS);
    assertThat(refusedOnly).as("of %s values", values).isLessThan(values / 20);
  }

  private void round() throws IOException {
    inTransaction = -1;
    clients = new Believer[2][2];
    hogs = new Wire[3];
    hogging = new boolean[3];
    for (int i = 0; i < hogs.length; i++) {
      hogs[i] = howdah.wire();
    }
    for (int s = 0; s < 2; s++) {
      type[s] = random.nextInt(TypeChanges.TYPES.length);
      viewType[s] = type[s];
      make(s);
    }
    for (int c = 0; c < 2; c++) {
      for (int side = 0; side < 2; side++) {
        clients[c][side] =
            new Believer(
                Wire.login((side == 0 ? Target.DIRECT : Target.HOWDAH).address(howdah), Map.of()));
      }
      path(c, 0);
      parse(c, "p");
      parse(c, "");
    }
    for (int i = 0; i < STEPS; i++) {
      step();
    }
    if (inTransaction >= 0) {
      end("ROLLBACK");
    }
    for (int i = 0; i < hogs.length; i++) {
      hogs[i].close();
      for (Believer each : i < 2 ? clients[i] : new Believer[0]) {
        each.close();
      }
    }
    for (int s = 0; s < 2; s++) {
      assertThat(owner.column("SELECT v::text FROM through" + s + ".w ORDER BY 1"))
          .as(() -> String.join("\n", said))
          .allMatch(each -> each.matches("[0-9]{1,4}"));
    }
  }

  private void make(int s) throws IOException {
    for (String side : SIDES) {
      String[] statements = TypeChanges.tables(side + s + ".", type[s]);
      if (past) {
        owner.run(statements);
      } else {
        hogs[0].query(String.join("; ", statements));
      }
    }
  }

  private String name() {
    return random.nextInt(3) == 0 ? "" : "p";
  }

  private void step() throws IOException {
    int c = inTransaction >= 0 ? inTransaction : random.nextInt(2);
    String name = name();
    switch (random.nextInt(17)) {
      case 0, 1 -> parse(c, name);
      case 2 -> {
        said.add(c + ": describe " + name);
        both(c, each -> each.describe(name));
      }
      case 3, 4, 5, 6, 7 -> run(c, name);
      case 8 -> path(c, random.nextInt(2));
      case 9 -> {
        if (inTransaction < 0) {
          said.add(c + ": BEGIN");
          both(c, each -> each.query("BEGIN"));
          inTransaction = c;
          pathBefore = path[c];
        } else {
          end(random.nextBoolean() ? "COMMIT" : "ROLLBACK");
        }
      }
      case 10, 11, 12 -> hog(random.nextInt(hogs.length));
      default -> change();
    }
  }

  private void end(String how) throws IOException {
    said.add(inTransaction + ": " + how);
    if (how.equals("ROLLBACK") || status[inTransaction] == 'E') {
      path[inTransaction] = pathBefore;
    }
    both(inTransaction, each -> each.query(how));
    inTransaction = -1;
    for (int s = 0; s < 2; s++) {
      // Of the types that it made there may be nothing left.
      type[s] = TypeChanges.typeOf(owner, "direct" + s + ".r");
      viewType[s] = TypeChanges.typeOf(owner, "direct" + s + ".seen");
    }
  }

  private void hog(int which) throws IOException {
    if (!hogging[which] && inTransaction >= 0 && random.nextBoolean()) {
      return;
    }
    said.add("hog " + which + (hogging[which] ? " lets go" : " keeps one"));
    hogs[which].query(hogging[which] ? "ROLLBACK" : "BEGIN; SELECT 1");
    hogging[which] = !hogging[which];
  }

  private void path(int c, int s) throws IOException {
    path[c] = s;
    said.add(c + ": path " + s);
    both(c, each -> each.query("SET search_path = " + side(each) + s));
  }

  private String side(Believer client) {
    return client == clients[0][0] || client == clients[1][0] ? SIDES[0] : SIDES[1];
  }

  private void parse(int c, String name) throws IOException {
    String text = TypeChanges.TEXTS[random.nextInt(TypeChanges.TEXTS.length)];
    texts[c][name.length()] = text;
    boolean describes = past || random.nextBoolean();
    said.add(c + ": parse " + name + " " + text + (describes ? " and describe" : ""));
    int column = TypeChanges.OIDS[(text.contains("seen") ? viewType : type)[path[c]]];
    int parameter = text.contains("::text") ? Believer.TEXT : column;
    both(
        c,
        each -> {
          each.parse(name, text, parameter, column);
          if (describes) {
            each.describe(name);
          }
        });
  }

  private void run(int c, String name) throws IOException {
    String text = texts[c][name.length()];
    Integer value =
        text == null || !text.contains("$1")
            ? null
            : text.contains("::text =") ? 42 : random.nextInt(10_000);
    boolean binary = random.nextBoolean();
    boolean describes = random.nextInt(3) == 0;
    boolean eachColumn = random.nextBoolean();
    said.add(
        "%d: run %s%s%s%s with %s"
            .formatted(
                c,
                name,
                binary ? " binary" : "",
                describes ? " described" : "",
                eachColumn ? " each" : "",
                value));
    both(c, each -> each.run(name, value, binary, describes, eachColumn));
  }

  private void change() throws IOException {
    int s = random.nextInt(2);
    int next = random.nextInt(TypeChanges.TYPES.length);
    List<String> statements =
        switch (random.nextInt(6)) {
          case 0 -> TypeChanges.MORE;
          case 1 -> TypeChanges.LESS;
          case 2 -> TypeChanges.widerView(viewType[s]);
          case 3 -> TypeChanges.newView(viewType[s] = next);
          default -> TypeChanges.ofColumn(type[s] = next);
        };
    int by = inTransaction >= 0 ? inTransaction : random.nextInt(past ? 4 : 2);
    said.add((by < 2 ? by + ": " : "owner: ") + statements + " in " + s);
    if (by < 2) {
      both(
          by,
          each -> each.query(String.join("; ", statements).replace("%s", side(each) + s + ".")));
      return;
    }
    for (String side : SIDES) {
      statements.forEach(
          each -> {
            try {
              owner.run(each.replace("%s", side + s + "."));
            } catch (AssertionError e) {
              // Such as a view that can't lose a column: then it stays what it is on both sides.
              said.add("refused: " + e.getMessage());
            }
          });
    }
  }

  private interface Act {
    void by(Believer client);
  }

  /** Both do the same, and neither hears what the other does not. */
  private void both(int c, Act act) throws IOException {
    act.by(clients[c][0]);
    act.by(clients[c][1]);
    char before = status[c];
    Outcome direct = clients[c][0].hear();
    Outcome through = clients[c][1].hear();
    said.add("   " + direct + "\n   " + through);
    values += through.rows().size();
    if (through.error() == null && direct.error() == null) {
      assertThat(through.rows()).as(this::story).isEqualTo(direct.rows());
      if (!past) {
        assertThat(through.types()).as(this::story).isEqualTo(direct.types());
      }
    } else if (through.error() == null) {
      // PostgreSQL refuses it as it was prepared, Howdah has prepared it anew.
      assertThat(direct.error()).as(this::story).isIn("0A000", "22P02", "22P03", "42804");
      assertThat(through.values()).as(this::story).allMatch(each -> each.matches("[0-9]{1,4}"));
    } else if (direct.error() == null) {
      // What fails when it runs may do so when it is described: it is prepared for that.
      refusedOnly++;
      assertThat(through.error())
          .as(this::story)
          .isIn("0A000", direct.rows().isEmpty() ? "42804" : "", before == 'E' ? "25P02" : "");
    }
    status[c] = direct.status();
    if (direct.status() != through.status() && inTransaction >= 0) {
      end("ROLLBACK");
    }
  }

  private String story() {
    return String.join("\n", said);
  }
}
