package io.howdah.e2e.causal;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The ways in which a client reads its row; each answers a row of version and of where it was. */
enum Read {
  SIMPLE {
    @Override
    List<Message> run(Wire wire, int row) throws IOException {
      return wire.query(select("" + row));
    }
  },
  EXTENDED {
    @Override
    List<Message> run(Wire wire, int row) throws IOException {
      wire.send(
          Send.parse("", select("$1::int")),
          Send.bind("", "", "" + row),
          Send.execute("", 0),
          Send.sync());
      return wire.ready();
    }
  },
  PIPELINED {
    @Override
    List<Message> run(Wire wire, int row) throws IOException {
      wire.send(Send.query(select("" + row)), Send.query(select("" + row)));
      List<Message> replies = new ArrayList<>(wire.ready());
      replies.addAll(wire.ready());
      return replies;
    }
  },
  TRANSACTION {
    @Override
    List<Message> run(Wire wire, int row) throws IOException {
      wire.query("BEGIN READ ONLY");
      List<Message> replies = wire.query(select("" + row));
      wire.query("COMMIT");
      return replies;
    }
  },
  SEVERAL_STATEMENTS {
    @Override
    List<Message> run(Wire wire, int row) throws IOException {
      return wire.query(select("" + row) + "; " + select("" + row));
    }
  };

  abstract List<Message> run(Wire wire, int row) throws IOException;

  private static String select(String row) {
    return "SELECT version, pg_is_in_recovery() FROM history WHERE id = " + row;
  }
}
