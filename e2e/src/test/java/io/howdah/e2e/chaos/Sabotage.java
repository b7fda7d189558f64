package io.howdah.e2e.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Copies of Howdah's classes in which one check is switched off. What ships knows of no such
 * switch: the copies are made for one test process, ahead of the originals on its class path.
 */
public enum Sabotage {
  /** A connection is handed on within a transaction or an open batch. */
  HANDS_ON_WHAT_IS_NOT_CLEAN(method("io.howdah.backend.ledger.ReplyLedger", "isClean", 1)),

  /** A connection is handed on although the server still owes replies to another. */
  HANDS_ON_WHAT_IS_OWED(
      call("io.howdah.frontend.lease.Farewell", "isEmpty", 1),
      call("io.howdah.frontend.lease.Farewell", "isBatchOpen", 0),
      method("io.howdah.backend.connection.ServerConnection", "isReusable", 1)),

  /** Errors of the extended protocol void nothing: what follows up to Sync is thought owed. */
  VOIDS_NOTHING(nothing("io.howdah.backend.ledger.ReadingEnd", "skipToSync")),

  /** A connection is used with the settings of whoever had it before. */
  BELIEVES_THE_SETTINGS(method("io.howdah.backend.connection.ServerConnection", "has", 1)),

  /** Settings of a transaction that failed are believed. */
  BELIEVES_FAILED_SETTINGS(
      field("io.howdah.frontend.effect.Effects", "failed", 0),
      nothing("io.howdah.frontend.settings.Savepoints", "clear")),

  /** A connection goes to another client while a cancel request is on its way to it. */
  FORGETS_CANCELS(
      method("io.howdah.frontend.cancel.CancelRequests", "areUnderWay", 0),
      method("io.howdah.frontend.cancel.CancelRequests", "leaveDoubt", 0)),

  /** A Parse that failed, or was voided, is believed. */
  BELIEVES_A_FAILED_PARSE(
      nothing("io.howdah.backend.statement.PreparedStatements", "failed"),
      field("io.howdah.backend.statement.PreparedStatements", "pending", 0),
      method("io.howdah.backend.statement.PreparedStatements$Held", "isSettled", 1)),

  /** Clients' statement names reach the server as they are. */
  SHARES_NAMES(method("io.howdah.frontend.session.SessionState", "renames", 0)),

  /** State that can't be moved does not bind a session to its connection. */
  PINS_NOTHING(method("io.howdah.frontend.session.SessionState", "keepsConnection", 0)),

  /** A connection is handed on while half a message of the last client's is in it. */
  HANDS_ON_WITHIN_A_MESSAGE(call("io.howdah.frontend.TurnEnd", "isBetweenFrames", 1)),

  /** No server is asked what code has done to its session. */
  ASKS_NOTHING(method("io.howdah.frontend.effect.StateCheck", "isDue", 0)),

  /** The values that another session got of sequences are there for the next. */
  SHARES_SEQUENCES(method("io.howdah.backend.connection.SequenceMemory", "mayBeOfAnother", 0));

  /** A change of one class. */
  private record Change(String className, Function<AtomicInteger, ClassTransform> how) {}

  @SuppressWarnings("ImmutableEnumChecker") // never changed, and nor is what is in it
  private final List<Change> changes;

  Sabotage(Change... changes) {
    this.changes = List.of(changes);
  }

  /** Every method of this name answers {@code answer} whatever is the case. */
  private static Change method(String className, String name, int answer) {
    return new Change(className, hits -> body(name, hits, answer));
  }

  /** Every method of this name does nothing. */
  private static Change nothing(String className, String name) {
    return new Change(className, hits -> body(name, hits, -1));
  }

  private static ClassTransform body(String name, AtomicInteger hits, int answer) {
    return ClassTransform.transformingMethods(
        method -> method.methodName().equalsString(name),
        (builder, element) -> {
          if (!(element instanceof CodeModel)) {
            builder.with(element);
            return;
          }
          hits.incrementAndGet();
          if (answer < 0) {
            builder.withCode(code -> code.return_());
          } else {
            builder.withCode(code -> code.loadConstant(answer).ireturn());
          }
        });
  }

  /** Within a class, a boolean method without parameters seems to answer {@code answer}. */
  private static Change call(String className, String name, int answer) {
    return instead(
        className,
        answer,
        element ->
            element instanceof InvokeInstruction call
                && call.name().equalsString(name)
                && call.type().equalsString("()Z"));
  }

  /** Within a class, a field of the object seems to hold {@code value}. */
  private static Change field(String className, String name, int value) {
    return instead(
        className,
        value,
        element ->
            element instanceof FieldInstruction field
                && field.opcode() == Opcode.GETFIELD
                && field.name().equalsString(name));
  }

  /** A constant in place of what an instruction would have got from an object. */
  private static Change instead(String className, int value, Predicate<CodeElement> which) {
    return new Change(
        className,
        hits ->
            ClassTransform.transformingMethodBodies(
                (code, element) -> {
                  if (which.test(element)) {
                    hits.incrementAndGet();
                    code.pop().loadConstant(value);
                  } else {
                    code.with(element);
                  }
                }));
  }

  /**
   * Writes the changed classes below {@code folder}.
   *
   * @throws IllegalStateException when there is nothing to change any more where this reaches in
   */
  public void writeTo(Path folder) {
    for (Change each : changes) {
      String path = each.className().replace('.', '/') + ".class";
      AtomicInteger hits = new AtomicInteger();
      Path file = folder.resolve(path);
      try (InputStream in = Sabotage.class.getClassLoader().getResourceAsStream(path)) {
        byte[] original = Files.exists(file) ? Files.readAllBytes(file) : in.readAllBytes();
        ClassModel model = ClassFile.of().parse(original);
        byte[] changed = ClassFile.of().transformClass(model, each.how().apply(hits));
        Files.createDirectories(file.getParent());
        Files.write(file, changed);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (hits.get() == 0) {
        throw new IllegalStateException(this + " finds nothing to change in " + each.className());
      }
    }
  }
}
