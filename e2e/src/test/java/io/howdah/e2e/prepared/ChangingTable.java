package io.howdah.e2e.prepared;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.Map;

/** A table that gets one more column now and then, and a Howdah before it. */
final class ChangingTable implements AutoCloseable {
  static final String SELECT = "/* howdah: primary */ SELECT * FROM outdated";

  Howdah howdah;
  Db owner;
  int columns;

  ChangingTable() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS outdated",
            "CREATE TABLE outdated AS SELECT 1 AS c0",
            "GRANT ALL ON outdated TO app");
    owner = Servers.shared().superuser(Servers.shared().primary());
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(3).start();
  }

  @Override
  public void close() {
    owner.close();
    howdah.close();
  }

  /** One column more. */
  void change() {
    columns++;
    owner.run("ALTER TABLE outdated ADD COLUMN c" + columns + " int DEFAULT " + columns);
  }

  Wire wire(Target target) throws IOException {
    return Wire.login(target.address(howdah), Map.of());
  }
}
