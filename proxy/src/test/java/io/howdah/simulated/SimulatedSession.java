package io.howdah.simulated;

import io.howdah.simulated.SimulatedNames.Failed;
import io.howdah.simulated.SimulatedNames.Portal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One logged-in session: takes the messages of a client one by one and answers as PostgreSQL would.
 * What a text asks for:
 *
 * <pre>
 * SELECT 3 'x'          three rows                   FAIL 'x'       an error when it runs
 * BEGIN COMMIT ROLLBACK as they say                  BAD 'x'        an error when it is parsed
 * COPY 3 'x' TO STDOUT  three lines                  NOTICE 'x'     a notice
 * COPY 'x' FROM STDIN   a copy; data "bad" fails     DEFER 'x'      the commit behind it fails
 * </pre>
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html">PostgreSQL, section 54.2</a>
 */
public final class SimulatedSession {
  private final Output out = new Output();
  private final SimulatedNames names = new SimulatedNames();
  private char status = 'I';
  private boolean skipping;
  private boolean copyIn;
  private boolean copyByBatch;
  private int copied;
  private boolean commitFails;
  private boolean ended;

  /** Whether the client said goodbye. */
  public boolean isEnded() {
    return ended;
  }

  /** The transaction status: {@code I}, {@code T} or {@code E}. */
  public char status() {
    return status;
  }

  /** Whether all is void up to the next Sync. */
  boolean isSkipping() {
    return skipping;
  }

  /** Whether a prepared statement of this name is there; empty for the unnamed one. */
  public boolean has(String statement) {
    return names.statements.containsKey(statement);
  }

  /** What was said since this was last asked. */
  public byte[] take() {
    return out.take();
  }

  Output out() {
    return out;
  }

  /** Takes one message. */
  public void receive(char type, byte[] body) {
    if (type == 'X') {
      ended = true;
    } else if (copyIn) {
      inCopy(type, body);
    } else if (type == 'S') {
      sync();
    } else if (!skipping) {
      switch (type) {
        case 'Q' -> query(SimulatedText.text(body, 0));
        case 'F' -> function();
        case 'P', 'B', 'D', 'E', 'C' -> extended(type, body);
        // Flush; and CopyData, CopyDone and CopyFail, which may come late.
        default -> {}
      }
    }
  }

  private void fail(Failed e) {
    out.error("ERROR", e.code, e.getMessage());
    commitFails = false;
    if (status == 'T') {
      status = 'E';
    }
    if (status == 'I') {
      names.portals.clear();
    }
  }

  private void sync() {
    skipping = false;
    endImplicit();
    out.ready(status);
  }

  /** Without a transaction block, whatever was done is committed now, or fails to be. */
  private void endImplicit() {
    if (status == 'I') {
      if (commitFails) {
        fail(new Failed("23503", "deferred"));
      }
      names.portals.clear();
    }
  }

  private void function() {
    try {
      mayRun("F");
      out.message('V', (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) '!');
    } catch (Failed e) {
      fail(e);
    }
    endImplicit();
    out.ready(status);
  }

  private void query(String sql) {
    names.statements.remove("");
    names.portals.remove("");
    try {
      if (sql.isEmpty()) {
        out.message('I');
      }
      for (String each : sql.isEmpty() ? new String[0] : sql.split(";", -1)) {
        if (each.startsWith("BAD")) {
          throw new Failed("42601", each);
        }
        mayRun(each);
        if (SimulatedText.returnsRows(each)) {
          out.columns(SimulatedText.columns(each));
        }
        run(new Portal(each), 0);
        if (copyIn) {
          copyByBatch = false;
          return;
        }
      }
    } catch (Failed e) {
      fail(e);
    }
    endImplicit();
    out.ready(status);
  }

  private void mayRun(String sql) throws Failed {
    if (status == 'E' && !sql.equals("COMMIT") && !sql.equals("ROLLBACK")) {
      throw new Failed("25P02", "current transaction is aborted");
    }
  }

  private void run(Portal portal, int limit) throws Failed {
    String sql = portal.sql;
    switch (sql.split(" ", 2)[0]) {
      case "SELECT" -> select(portal, limit);
      case "BEGIN" -> {
        status = 'T';
        out.complete("BEGIN");
      }
      case "COMMIT" -> end(status == 'E' ? "ROLLBACK" : "COMMIT");
      case "ROLLBACK" -> end("ROLLBACK");
      case "FAIL" -> throw new Failed("XX001", sql);
      case "NOTICE" -> {
        out.notice(sql);
        out.complete("NOTICE");
      }
      case "DEFER" -> {
        commitFails = true;
        out.complete("DEFER");
      }
      case "COPY" -> copy(sql);
      case "DISCARD" -> {
        if (sql.equals("DISCARD SEQUENCES")) {
          out.complete(sql);
        } else {
          names.statements.clear();
          out.complete("DISCARD ALL");
        }
      }
      default -> out.complete("SET");
    }
  }

  private void end(String tag) throws Failed {
    boolean fails = commitFails && tag.equals("COMMIT");
    status = 'I';
    commitFails = false;
    names.portals.clear();
    if (fails) {
      throw new Failed("23503", "deferred");
    }
    out.complete(tag);
  }

  private void select(Portal portal, int limit) {
    if (portal.sql.contains("pg_is_in_recovery")) {
      out.row(SimulatedText.PRIMARY);
      out.complete("SELECT 1");
      return;
    }
    if (SimulatedText.isInspection(portal.sql)) {
      out.row("i", "role", "none");
      out.row("i", "session_authorization", "app");
      out.complete("SELECT 2");
      return;
    }
    int rows = SimulatedText.number(portal.sql);
    int before = portal.done;
    while (portal.done < rows && (limit == 0 || portal.done - before < limit)) {
      portal.done++;
      out.row(portal.sql + "/" + portal.done);
    }
    if (portal.done < rows) {
      out.message('s');
    } else {
      out.complete("SELECT " + (portal.done - before));
    }
  }

  private void copy(String sql) {
    if (sql.endsWith("FROM STDIN")) {
      copyIn = true;
      copied = 0;
      out.message('G', (byte) 0, (byte) 0, (byte) 0);
      return;
    }
    out.message('H', (byte) 0, (byte) 0, (byte) 0);
    for (int i = 0; i < SimulatedText.number(sql); i++) {
      out.text('d', sql + "/" + i + "\n");
    }
    out.message('c');
    out.complete("COPY " + SimulatedText.number(sql));
  }

  private void inCopy(char type, byte[] body) {
    switch (type) {
      case 'd' -> {
        copied++;
        if (new String(body, StandardCharsets.UTF_8).startsWith("bad")) {
          endCopy(new Failed("22P02", "bad data"));
        }
      }
      case 'c' -> {
        out.complete("COPY " + copied);
        endCopy(null);
      }
      case 'f' -> endCopy(new Failed("57014", "given up: " + SimulatedText.text(body, 0)));
      // Flush and Sync are overlooked.
      default -> {}
    }
  }

  private void endCopy(Failed failed) {
    copyIn = false;
    if (failed != null) {
      fail(failed);
      skipping = copyByBatch;
    }
    if (!copyByBatch) {
      endImplicit();
      out.ready(status);
    }
  }

  private void extended(char type, byte[] body) {
    try {
      switch (type) {
        case 'P' -> parse(SimulatedText.text(body, 0), body);
        case 'B' -> bind(SimulatedText.text(body, 0), body);
        case 'D' -> describe((char) body[0], SimulatedText.text(body, 1));
        case 'E' -> execute(SimulatedText.text(body, 0), body);
        default -> {
          (body[0] == 'S' ? names.statements : names.portals).remove(SimulatedText.text(body, 1));
          out.message('3');
        }
      }
    } catch (Failed e) {
      fail(e);
      skipping = true;
    }
  }

  private void parse(String name, byte[] body) throws Failed {
    String sql = SimulatedText.text(body, SimulatedText.after(body, 0));
    if (name.isEmpty()) {
      names.statements.remove("");
    }
    if (sql.startsWith("BAD")) {
      throw new Failed("42601", sql);
    }
    mayRun(sql);
    names.parsed(name, sql);
    out.message('1');
  }

  private void bind(String name, byte[] body) throws Failed {
    String sql = names.statement(SimulatedText.text(body, SimulatedText.after(body, 0)));
    mayRun(sql);
    names.bound(name, sql);
    out.message('2');
  }

  private void describe(char what, String name) throws Failed {
    String sql = what == 'S' ? names.statement(name) : names.portal(name).sql;
    if (SimulatedText.returnsRows(sql)) {
      mayRun(sql);
    }
    if (what == 'S') {
      out.message('t', (byte) 0, (byte) 0);
    }
    if (SimulatedText.returnsRows(sql)) {
      out.columns(1);
    } else {
      out.message('n');
    }
  }

  private void execute(String name, byte[] body) throws Failed {
    Portal portal = names.portal(name);
    mayRun(portal.sql);
    if (portal.sql.isEmpty()) {
      out.message('I');
      return;
    }
    run(portal, ByteBuffer.wrap(body).getInt(SimulatedText.after(body, 0)));
    copyByBatch = copyIn;
  }
}
