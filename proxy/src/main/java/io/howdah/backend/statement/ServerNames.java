package io.howdah.backend.statement;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * The prepared statements that one server connection holds under names of its clients, as SQL's
 * EXECUTE and DEALLOCATE need them: sends what brings a name into line with what a session believes
 * of it, unseen by the client. Names are the bytes that travel, each as a char.
 *
 * <p>What is sent are messages of the extended protocol with a statement and a portal of Howdah's
 * own, so that the client's unnamed ones survive. Nothing here sends a Sync but {@link #endBatch}.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class ServerNames {
  private final ServerStream server;
  private final ServerStatements statements;
  private final PlainNames plain;
  private final Supplier<Writing> reads;

  ServerNames(
      ServerStream server, ServerStatements statements, int capacity, Supplier<Writing> reads) {
    this.reads = reads;
    this.server = server;
    this.statements = statements;
    this.plain = new PlainNames(capacity);
  }

  /** Whether a name, from {@code from} to {@code to}, begins as Howdah's own do. */
  public static boolean isReserved(ByteBuf in, int from, int to) {
    int length = Statement.PREFIX.length();
    return to - from >= length
        && in.toString(from, length, StandardCharsets.ISO_8859_1).equals(Statement.PREFIX);
  }

  /** Whether no client's name is there. */
  public boolean isEmpty() {
    return plain.isEmpty();
  }

  /** How many are there. */
  public int size() {
    return plain.size();
  }

  /** The names that are there or may be. */
  public Collection<String> names() {
    return plain.names();
  }

  /** Whether this may be there: under a name of a client's, or to run Howdah's own texts. */
  boolean has(String name) {
    String travels = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    return plain.has(travels) || name.equals(NameMessages.OWN);
  }

  /** Whether the name stands for this here. */
  public boolean holds(String name, Binding binding) {
    return plain.holds(name, binding);
  }

  /** Makes the name stand for {@code binding}. Whether anything had to be sent. */
  public boolean bind(String name, Binding binding) {
    if (plain.holds(name, binding)) {
      return false;
    }
    keepFree(name);
    plain.put(name, binding);
    switch (binding) {
      case Statement statement -> {
        sendAsMeant(
            statement.writing(),
            () -> {
              server.ledger().expect(Entry.PARSE, Fate.SWALLOW, doubted(name));
              server.write(NameMessages.parse(server.alloc(), name, statement));
            });
      }
      case DeclaredStatement declared ->
          sendAsMeant(declared.writing(), () -> run(declared.text(), null, doubted(name)));
    }
    return true;
  }

  /** Sends a text so that the server reads it as it was meant, and as before what comes behind. */
  void sendAsMeant(Writing meant, Runnable text) {
    if (meant == null || server.ledger().hasSurelyFailed()) {
      text.run();
      return;
    }
    Writing now = reads.get();
    meant.from(now).forEach(sql -> run(sql, null));
    text.run();
    now.from(meant).forEach(sql -> run(sql, null));
  }

  private void run(String text, ReplyLedger.Note before, ReplyLedger.Note note) {
    ReplyLedger ledger = server.ledger();
    ledger.expect(Entry.CLOSE, Fate.SWALLOW, before);
    ledger.expect(Entry.PARSE, Fate.SWALLOW, before);
    ledger.expect(Entry.BIND, Fate.SWALLOW, before);
    ledger.expect(Entry.EXECUTE, Fate.SWALLOW, note);
    ledger.expect(Entry.CLOSE, Fate.SWALLOW);
    ledger.expect(Entry.CLOSE, Fate.SWALLOW);
    server.write(NameMessages.run(server.alloc(), text));
  }

  /**
   * Runs a text of Howdah's own within the batch that is open: the client hears if it fails.
   *
   * @param note learns whether it was done; may be null
   */
  public void run(String text, ReplyLedger.Note note) {
    String travels = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    run(travels, null, note);
  }

  /**
   * The same for a text in ASCII on which the client's request does not depend.
   *
   * @param note learns whether any part of it failed
   */
  public void runQuietly(String text, ReplyLedger.Quiet note) {
    run(text, note, note);
  }

  /** Makes sure that something stands under the name. Whether anything had to be sent. */
  public boolean occupy(String name) {
    if (plain.surelyHas(name)) {
      return false;
    }
    keepFree(name);
    plain.putPlaceholder(name);
    server.ledger().expect(Entry.PARSE, Fate.SWALLOW, doubted(name));
    server.write(NameMessages.parseNothing(server.alloc(), name));
    return true;
  }

  /** Makes sure that nothing stands under the name. Whether anything had to be sent. */
  public boolean keepFree(String name) {
    if (!plain.has(name)) {
      return false;
    }
    plain.remove(name);
    server.ledger().expect(Entry.CLOSE, Fate.SWALLOW, doubted(name));
    server.write(NameMessages.close(server.alloc(), name));
    return true;
  }

  /**
   * Closes the least recently used so that more find room. Whether anything had to be sent.
   *
   * @param needed names that must stay
   */
  public boolean makeRoom(int more, Collection<String> needed) {
    List<String> close = plain.tooMany(more, needed);
    close.forEach(this::keepFree);
    return !close.isEmpty();
  }

  /**
   * Begins a transaction anew that has failed, in a batch that {@link #failAgain} ends: what is
   * sent between the two is prepared, and nobody hears of it. The server answers one error in all.
   */
  public void beginFailedAnew() {
    run("ROLLBACK AND CHAIN", null);
  }

  /** Has that transaction fail. */
  public void failAgain() {
    server.ledger().expect(Entry.BIND, Fate.SWALLOW);
    server.write(NameMessages.bindOfNothing(server.alloc()));
    endBatch();
  }

  /** Ends a batch in which only messages of Howdah's own were sent. */
  public void endBatch() {
    server.ledger().expect(Entry.SYNC, Fate.SWALLOW);
    statements.batchEnded();
    server.write(NameMessages.sync(server.alloc()));
  }

  /**
   * Notes the client's own Parse under a name that is taken: the server says what is wrong, be it
   * that or something else before it.
   */
  public void expectRefusedParse(String name) {
    server
        .ledger()
        .expect(
            Entry.PARSE,
            Fate.FORWARD,
            new ReplyLedger.Note() {
              @Override
              public void done() {
                plain.doubt(name);
              }
            });
  }

  /** The client's own PREPARE was done. */
  public void prepared(String name, Binding binding) {
    plain.put(name, binding);
  }

  /** The client's own DEALLOCATE was done. */
  public void deallocated(String name) {
    plain.remove(name);
  }

  /** The client's own Close of the name is being sent. The note learns how it ended. */
  public ReplyLedger.Note closing(String name) {
    plain.remove(name);
    return doubted(name);
  }

  /** Nobody can tell what stands under the name, if anything. */
  public void doubt(String name) {
    plain.doubt(name);
  }

  void doubtAll() {
    plain.names().forEach(plain::doubt);
  }

  void clear() {
    plain.clear();
  }

  private ReplyLedger.Note doubted(String name) {
    return new ReplyLedger.Note() {
      @Override
      public void failed() {
        plain.doubt(name);
      }
    };
  }

  /** Has the server answer what was sent to it without waiting for the batch's Sync. */
  public void flush() {
    ByteBuf flush = NameMessages.flush(server.alloc());
    server.write(flush);
  }
}
