package io.howdah.e2e.causal;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;

/** The ways in which a client changes its row; each has committed when it returns. */
enum Write {
  SIMPLE((wire, row, version) -> wire.query(update(row, version))),
  EXTENDED(
      (wire, row, version) -> {
        wire.send(
            Send.parse("", "UPDATE history SET version = $2::bigint WHERE id = $1::int"),
            Send.bind("", "", "" + row, "" + version),
            Send.execute("", 0),
            Send.sync());
        return wire.ready();
      }),
  TRANSACTION(
      (wire, row, version) ->
          inTurn(
              wire,
              "BEGIN",
              "SELECT version FROM history WHERE id = " + row,
              update(row, version),
              "COMMIT")),
  PIPELINED_TRANSACTION(
      (wire, row, version) -> {
        wire.send(Send.query("BEGIN"), Send.query(update(row, version)), Send.query("COMMIT"));
        wire.ready();
        wire.ready();
        return wire.ready();
      }),
  SEVERAL_STATEMENTS(
      (wire, row, version) -> wire.query("SELECT 1; " + update(row, version) + "; SELECT 2")),
  TRANSACTION_IN_ONE_STRING(
      (wire, row, version) -> wire.query("BEGIN; " + update(row, version) + "; COMMIT; SELECT 1")),
  WITH(
      (wire, row, version) ->
          wire.query("WITH w AS (" + update(row, version) + " RETURNING 1) SELECT * FROM w")),
  CODE((wire, row, version) -> wire.query("DO $$ BEGIN " + update(row, version) + "; END $$")),
  FUNCTION((wire, row, version) -> wire.query("SELECT history_set(" + row + ", " + version + ")")),
  UNFLUSHED(
      (wire, row, version) ->
          inTurn(
              wire, "BEGIN; SET LOCAL synchronous_commit = off", update(row, version), "COMMIT")),
  UNFLUSHED_SESSION(
      (wire, row, version) ->
          inTurn(
              wire,
              "SET synchronous_commit = off",
              update(row, version),
              "RESET synchronous_commit")),
  UNFLUSHED_BY_FUNCTION(
      (wire, row, version) ->
          wire.query("SELECT history_set_unflushed(" + row + ", " + version + ")")),
  UNFLUSHED_TWO_PHASE(
      (wire, row, version) ->
          inTurn(
              wire,
              "BEGIN; SET LOCAL synchronous_commit = off",
              update(row, version),
              "PREPARE TRANSACTION 'u" + row + "'",
              "COMMIT PREPARED 'u" + row + "'")),
  TWO_PHASE(
      (wire, row, version) ->
          inTurn(
              wire,
              "BEGIN",
              update(row, version),
              "PREPARE TRANSACTION 'h" + row + "'",
              "COMMIT PREPARED 'h" + row + "'")),
  SAVEPOINT(
      (wire, row, version) ->
          inTurn(wire, "BEGIN", "SAVEPOINT a", update(row, version), "RELEASE a", "END"));

  /** What a client says and is answered last. */
  @FunctionalInterface
  private interface Way {
    List<Message> run(Wire wire, int row, long version) throws IOException;
  }

  private final Way way;

  Write(Way way) {
    this.way = way;
  }

  /** Sets a row to a version; the last answer. */
  List<Message> run(Wire wire, int row, long version) throws IOException {
    return way.run(wire, row, version);
  }

  /** Simple queries, each sent once the one before is answered. */
  private static List<Message> inTurn(Wire wire, String... statements) throws IOException {
    List<Message> last = List.of();
    for (String each : statements) {
      last = wire.query(each);
    }
    return last;
  }

  private static String update(int row, long version) {
    return "UPDATE history SET version = " + version + " WHERE id = " + row;
  }
}
