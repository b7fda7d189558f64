package io.howdah.e2e.conversation;

import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Servers;
import java.util.ArrayList;
import java.util.List;

/** A database in which conversations are held, one at a time; in several rooms several are. */
record Room(int number) {
  /** Makes so many rooms on the servers, each with its tables. */
  static void prepare(Servers servers, int count) {
    List<String> statements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = new Room(i).database();
      statements.add("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
      statements.add("CREATE DATABASE " + name + " OWNER " + Servers.USER);
    }
    servers.prepare(statements.toArray(String[]::new));
    for (int i = 0; i < count; i++) {
      // How many rows come before an error depends on the plan, and that on the table's size.
      servers.prepare("ALTER DATABASE " + new Room(i).database() + " SET enable_seqscan = off");
      try (Db db = new Room(i).superuser(servers)) {
        db.run(Texts.tables(Dialogue.CLIENTS));
      }
    }
    servers.awaitReplay();
  }

  String database() {
    return "talk_" + number;
  }

  /** A connection past Howdah. */
  Db superuser(Servers servers) {
    return Db.open(servers.primary(), database(), Servers.SUPERUSER, servers.superuserPassword());
  }
}
