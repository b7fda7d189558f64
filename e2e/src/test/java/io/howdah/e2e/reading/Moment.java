package io.howdah.e2e.reading;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** The moments of a query at which it is decided, or sent on: who follows them has followed it. */
enum Moment {
  WHERE_IT_GOES("io.howdah.frontend.routing.BatchLookahead", "target"),
  TAKES_A_CONNECTION("io.howdah.pool.Pool", "acquire"),
  IS_EXPECTED("io.howdah.backend.ledger.ReplyLedger", "expect"),
  LEAVES("io.howdah.backend.transport.Outlet", "write"),
  RUNS_AGAIN("io.howdah.frontend.retry.Retry", "rewind"),
  IS_ANSWERED("io.howdah.backend.ledger.ReplyLedger", "reply"),
  GIVES_THE_CONNECTION_BACK("io.howdah.pool.Pool", "release");

  private final String className;
  private final String method;

  Moment(String className, String method) {
    this.className = className;
    this.method = method;
  }

  /**
   * Writes a copy of the class that says when the moment comes.
   *
   * @throws IllegalStateException when the class has no such method any more
   */
  void writeTo(Path folder) throws IOException {
    String path = className.replace('.', '/') + ".class";
    Path copy = folder.resolve(path);
    AtomicInteger hits = new AtomicInteger();
    try (InputStream in = Moment.class.getClassLoader().getResourceAsStream(path)) {
      ClassModel model =
          ClassFile.of().parse(Files.exists(copy) ? Files.readAllBytes(copy) : in.readAllBytes());
      ClassTransform change =
          ClassTransform.transformingMethods(
              each -> each.methodName().equalsString(method) && each.code().isPresent(),
              MethodTransform.transformingCode(says(hits)));
      byte[] changed = ClassFile.of().transformClass(model, change);
      Files.createDirectories(copy.getParent());
      Files.write(copy, changed);
    }
    if (hits.get() == 0) {
      throw new IllegalStateException(className + " has no method " + method);
    }
  }

  private static CodeTransform says(AtomicInteger hits) {
    return new CodeTransform() {
      @Override
      public void atStart(CodeBuilder code) {
        hits.incrementAndGet();
        code.invokestatic(
            Footsteps.class.describeConstable().orElseThrow(),
            "here",
            MethodTypeDesc.of(ConstantDescs.CD_void));
      }

      @Override
      public void accept(CodeBuilder code, CodeElement element) {
        code.with(element);
      }
    };
  }
}
