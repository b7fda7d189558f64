package io.howdah.e2e.isolation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Random statements about settings. */
final class RandomSettings {
  static final String[] NAMES = {
    "work_mem",
    "search_path",
    "timezone",
    "datestyle",
    "application_name",
    "statement_timeout",
    "my.own",
    "my.other",
    "role",
    "client_min_messages",
    "default_transaction_isolation"
  };

  static final String[][] VALUES = {
    {"'3MB'", "5000", "'oops'"},
    {"public", "pg_catalog, public", "'$user', \"Odd\"", "''"},
    {"'Europe/Berlin'", "'utc'", "-7", "'nowhere'"},
    {"'ISO, DMY'", "german", "sql"},
    {"one", "'two words'", "''"},
    {"'77s'", "99000"},
    {"x", "'y z'", "''"},
    {"u", "'v w'", "''"},
    {"settler", "none", "nobody_at_all"},
    {"warning", "error"},
    {"'repeatable read'", "'read committed'"},
  };

  static final String FINGERPRINT =
      "SELECT "
          + Arrays.stream(NAMES)
              .map(name -> "current_setting('" + name + "', true)")
              .collect(Collectors.joining(", "))
          + ", current_user, session_user";

  private RandomSettings() {}

  static String pick(Random random, String... from) {
    return from[random.nextInt(from.length)];
  }

  static String statement(Random random) {
    int which = random.nextInt(NAMES.length);
    String name = NAMES[which];
    String value = pick(random, VALUES[which]);
    String constant = value.startsWith("'") ? value : "'" + value.replace("'", "''") + "'";
    String savepoint = pick(random, "a", "b", "\"B\"", "savepoint");
    return switch (random.nextInt(24)) {
      case 0, 1, 2, 3 -> "SET " + name + " = " + value;
      case 4 -> "SET SESSION " + name + " TO " + value;
      case 5 -> "SET LOCAL " + name + (random.nextInt(3) == 0 ? " TO DEFAULT" : " = " + value);
      case 6 -> "RESET " + name;
      case 7 -> "SET " + name + " TO DEFAULT";
      case 8 -> "RESET ALL";
      case 9 -> "SELECT set_config('" + name + "', " + constant + ", false)";
      case 10 -> "SELECT set_config('" + name + "', " + constant + ", true)";
      case 11 -> "SELECT set_config('" + name + "', " + constant + " || '', false)";
      case 12, 13 -> "BEGIN";
      case 14 -> "COMMIT";
      case 15 -> "ROLLBACK";
      case 16, 17 -> "SAVEPOINT " + savepoint;
      case 18, 19 -> "ROLLBACK TO SAVEPOINT " + savepoint;
      case 20 -> "RELEASE SAVEPOINT " + savepoint;
      case 21 -> pick(random, "SELECT 1/0", "SELECT nobody", "SELEKT");
      case 22 -> pick(random, "COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "DISCARD ALL");
      default ->
          pick(
              random,
              "SET ROLE settler",
              "RESET ROLE",
              "SET ROLE NONE",
              "SET SESSION AUTHORIZATION app",
              "SET SESSION AUTHORIZATION DEFAULT",
              "RESET SESSION AUTHORIZATION",
              "SET TIME ZONE LOCAL",
              "SET NAMES 'utf8'");
    };
  }

  /** Several in one request, with looks at the settings in between. */
  static List<String> several(Random random) {
    List<String> statements = new ArrayList<>();
    for (int i = 2 + random.nextInt(4); i > 0; i--) {
      statements.add(random.nextInt(3) == 0 ? FINGERPRINT : statement(random));
    }
    return statements;
  }

  static String joined(Random random, List<String> statements) {
    String between = pick(random, "; ", ";", " ;; ", " -- it's; ä\n;", "/* ; */;\n");
    return String.join(between, statements) + pick(random, "", ";", " -- end", "; /* end */");
  }
}
