package io.howdah.e2e.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Program;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** psql, where it is installed, prints the same through Howdah. */
class PsqlTest {
  private static final long BOUND_SECONDS = 60;
  private static final String SCRIPT =
      """
      \\set ON_ERROR_STOP off
      \\pset format unaligned
      CREATE TABLE psql (id int PRIMARY KEY, label text);
      \\copy psql from 'rows.txt'
      BEGIN;
      SELECT count(*) AS n, max(label) AS label FROM psql \\gset
      COMMIT;
      \\echo :n :label
      SELECT 1/0;
      \\echo :LAST_ERROR_SQLSTATE :LAST_ERROR_MESSAGE
      BEGIN;
      INSERT INTO psql VALUES (1, 'again');
      SELECT 1;
      ROLLBACK;
      BEGIN;
      \\d psql
      \\copy (SELECT * FROM psql ORDER BY id) to 'back.txt'
      COMMIT;
      SELECT 'a' AS a \\; SELECT 'b' AS b;
      SELECT $1::int + $2::int AS sum \\bind 40 2 \\g
      SELECT 'SELECT ' || i FROM generate_series(1, 3) i \\gexec
      SET application_name = 'psql says';
      SHOW application_name;
      \\set FETCH_COUNT 10
      SELECT i FROM generate_series(1, 25) i;
      DROP TABLE psql;
      """;

  private static Howdah howdah;
  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    Program.assumeInstalled("psql");
    howdah = Howdah.of(PoolMode.TRANSACTION).start();
  }

  @AfterAll
  static void stop() {
    if (howdah != null) {
      howdah.close();
    }
  }

  @Test
  void aScript() throws IOException {
    Files.writeString(folder.resolve("rows.txt"), "1\tone\n2\ttwo\n3\t\\N\n");
    Files.writeString(folder.resolve("script.sql"), SCRIPT);
    String direct = script(Target.DIRECT);
    assertThat(script(Target.HOWDAH)).isEqualTo(direct);
    assertThat(direct).contains("3 two", "22012 division by zero", "psql says");
  }

  private String script(Target target) throws IOException {
    Servers.shared().prepare("DROP TABLE IF EXISTS psql");
    String said =
        Program.run(target.address(howdah), folder, BOUND_SECONDS, "psql", "-f", "script.sql")
            .expectSuccess();
    return said + Files.readString(folder.resolve("back.txt"));
  }

  /** Many statements under names of SQL's, run again and again, in and out of transactions. */
  @Test
  void preparedStatementsOfSql() throws IOException {
    Files.writeString(
        folder.resolve("prepared.sql"),
        """
        \\set ON_ERROR_STOP off
        SELECT format('PREPARE p%1$s (int) AS SELECT %1$s + $1 AS sum', i)
          FROM generate_series(1, 40) i \\gexec
        SELECT format('EXECUTE p%s (%s)', i, j)
          FROM generate_series(1, 3) j, generate_series(1, 40) i \\gexec
        BEGIN;
        EXECUTE p7 (1);
        PREPARE p7 AS SELECT 'again';
        ROLLBACK;
        EXECUTE p7 (2);
        SELECT format('DEALLOCATE p%s', i) FROM generate_series(1, 20) i \\gexec
        EXECUTE p7 (3);
        \\echo :LAST_ERROR_SQLSTATE
        EXECUTE p21 (3);
        PREPARE p7 AS SELECT 'new';
        EXECUTE p7;
        DEALLOCATE ALL;
        EXECUTE p21 (3);
        \\echo :LAST_ERROR_SQLSTATE
        """);
    String direct = run(Target.DIRECT, "psql", "-At", "-f", "prepared.sql").expectSuccess();
    assertThat(direct).contains("26000", "new");
    assertThat(run(Target.HOWDAH, "psql", "-At", "-f", "prepared.sql").expectSuccess())
        .isEqualTo(direct);
  }

  @Test
  void severalCommands() {
    String[] command = {
      "psql",
      "-At",
      "-c",
      "SELECT 1",
      "-c",
      "BEGIN; SELECT 2; COMMIT",
      "-c",
      "\\conninfo",
      "-c",
      "X"
    };
    Program.Result direct = run(Target.DIRECT, command);
    Program.Result through = run(Target.HOWDAH, command);
    assertThat(through.code()).isEqualTo(direct.code()).isEqualTo(1);
    assertThat(withoutConnection(through.output())).isEqualTo(withoutConnection(direct.output()));
  }

  /** What \conninfo says of port and process must differ. */
  private static String withoutConnection(String output) {
    return output.replaceAll("(?m)^.*(port|Port|PID|Host|host).*$", "");
  }

  @Test
  void aWrongPasswordSaysTheSame() {
    String[] command = {"psql", "dbname=app user=app password=wrong", "-c", "SELECT 1"};
    Program.Result through = run(Target.HOWDAH, command);
    assertThat(through.code()).isEqualTo(2);
    assertThat(through.output())
        .contains("FATAL:  password authentication failed for user \"app\"");
  }

  private Program.Result run(Target target, String... command) {
    return Program.run(target.address(howdah), folder, BOUND_SECONDS, command);
  }
}
