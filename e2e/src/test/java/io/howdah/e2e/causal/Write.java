package io.howdah.e2e.causal;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;

/** The ways in which a client changes its row; each has committed when it returns. */
enum Write {
  SIMPLE {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      return wire.query(update(row, version));
    }
  },
  EXTENDED {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      wire.send(
          Send.parse("", "UPDATE history SET version = $2::bigint WHERE id = $1::int"),
          Send.bind("", "", "" + row, "" + version),
          Send.execute("", 0),
          Send.sync());
      return wire.ready();
    }
  },
  TRANSACTION {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      wire.query("BEGIN");
      wire.query("SELECT version FROM history WHERE id = " + row);
      wire.query(update(row, version));
      return wire.query("COMMIT");
    }
  },
  PIPELINED_TRANSACTION {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      wire.send(Send.query("BEGIN"), Send.query(update(row, version)), Send.query("COMMIT"));
      wire.ready();
      wire.ready();
      return wire.ready();
    }
  },
  SEVERAL_STATEMENTS {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      return wire.query("SELECT 1; " + update(row, version) + "; SELECT 2");
    }
  },
  TRANSACTION_IN_ONE_STRING {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      return wire.query("BEGIN; " + update(row, version) + "; COMMIT; SELECT 1");
    }
  },
  WITH {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      return wire.query("WITH w AS (" + update(row, version) + " RETURNING 1) SELECT * FROM w");
    }
  },
  CODE {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      return wire.query("DO $$ BEGIN " + update(row, version) + "; END $$");
    }
  },
  FUNCTION {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      return wire.query("SELECT history_set(" + row + ", " + version + ")");
    }
  },
  UNFLUSHED {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      wire.query("BEGIN; SET LOCAL synchronous_commit = off");
      wire.query(update(row, version));
      return wire.query("COMMIT");
    }
  },
  TWO_PHASE {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      wire.query("BEGIN");
      wire.query(update(row, version));
      wire.query("PREPARE TRANSACTION 'h" + row + "'");
      return wire.query("COMMIT PREPARED 'h" + row + "'");
    }
  },
  SAVEPOINT {
    @Override
    List<Message> run(Wire wire, int row, long version) throws IOException {
      wire.query("BEGIN");
      wire.query("SAVEPOINT a");
      wire.query(update(row, version));
      wire.query("RELEASE a");
      return wire.query("END");
    }
  };

  abstract List<Message> run(Wire wire, int row, long version) throws IOException;

  private static String update(int row, long version) {
    return "UPDATE history SET version = " + version + " WHERE id = " + row;
  }
}
