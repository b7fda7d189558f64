package io.howdah.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.Proxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.reflect.AccessFlag;
import java.net.InetAddress;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No static field of Howdah's holds chance, time, environment or facts of the machine. In a native
 * image static fields may be set when it is built: then they would be the same in every process.
 */
class StaticStateTest {
  private static final String OURS = "io/howdah/";

  /** Types of which no static field may be. */
  private static final Set<String> TYPES =
      Set.of(
          "java/util/Random",
          "java/util/SplittableRandom",
          "java/util/random/RandomGenerator",
          "java/security/SecureRandom",
          "java/util/concurrent/ThreadLocalRandom",
          "java/time/Instant",
          "java/time/LocalDate",
          "java/time/LocalDateTime",
          "java/time/OffsetDateTime",
          "java/time/ZonedDateTime",
          "java/time/Clock",
          "java/time/ZoneId",
          "java/net/InetAddress",
          "java/net/InetSocketAddress",
          "java/net/NetworkInterface",
          "java/nio/file/Path",
          "java/io/File",
          "java/lang/Process",
          "java/lang/ProcessHandle",
          "java/lang/Thread");

  /** What no static initialiser may call, directly or by way of code of ours. */
  private static final Set<String> CALLS =
      Set.of(
          "java/lang/System.nanoTime",
          "java/lang/System.currentTimeMillis",
          "java/lang/System.getenv",
          "java/lang/System.getProperty",
          "java/lang/System.getProperties",
          "java/lang/System.identityHashCode",
          "java/lang/Integer.getInteger",
          "java/lang/Long.getLong",
          "java/lang/Boolean.getBoolean",
          "java/lang/Runtime.getRuntime",
          "java/lang/Math.random",
          "java/lang/Thread.currentThread",
          "java/lang/ProcessHandle.current",
          "java/util/UUID.randomUUID",
          "java/util/Locale.getDefault",
          "java/util/TimeZone.getDefault",
          "java/time/ZoneId.systemDefault",
          "java/nio/charset/Charset.defaultCharset",
          "java/nio/file/Path.toAbsolutePath",
          "java/nio/file/Path.toRealPath",
          "io/netty/channel/epoll/Epoll.isAvailable",
          "io/netty/util/NettyRuntime.availableProcessors");

  /** The same, whatever the method. */
  private static final Set<String> OWNERS =
      Set.of(
          "java/util/Random",
          "java/util/SplittableRandom",
          "java/util/random/RandomGenerator",
          "java/security/SecureRandom",
          "java/util/concurrent/ThreadLocalRandom",
          "java/net/InetAddress",
          "java/net/NetworkInterface",
          "java/lang/management/ManagementFactory",
          "java/nio/file/Files",
          "io/netty/util/internal/PlatformDependent",
          "io/netty/util/internal/SystemPropertyUtil");

  @Test
  void noStaticFieldHoldsChanceTimeOrTheMachine() throws IOException {
    Map<String, ClassModel> classes = new HashMap<>();
    load(Proxy.class, classes);
    load(Main.class, classes);
    // Of both modules: else the test would hold for ever.
    assertThat(classes).containsKeys("io/howdah/Proxy", "io/howdah/app/Main");
    assertThat(classes.size()).isGreaterThan(300);
    assertThat(faults(classes)).isEmpty();
  }

  @SuppressWarnings("unused")
  private static final class Bad {
    static final Random BY_TYPE = new Random(1);
    static final long BY_CALL = System.nanoTime();
    static final int BY_WAY_OF_OURS = drawn();
    static final Instant MOMENT = Instant.EPOCH;

    static int drawn() {
      return ThreadLocalRandom.current().nextInt();
    }
  }

  @SuppressWarnings("unused")
  private static final class Good {
    static final String TEXT = "text";
    final SecureRandom random = new SecureRandom();
    InetAddress address;

    long now() {
      return System.nanoTime();
    }
  }

  @Test
  void whatIsWrongIsFound() throws IOException {
    Map<String, ClassModel> classes = new HashMap<>();
    for (Class<?> each : List.of(Bad.class, Good.class)) {
      String resource = "/" + each.getName().replace('.', '/') + ".class";
      try (var in = StaticStateTest.class.getResourceAsStream(resource)) {
        ClassModel model = ClassFile.of().parse(in.readAllBytes());
        classes.put(model.thisClass().asInternalName(), model);
      }
    }
    String bad = Bad.class.getName().replace('.', '/');
    assertThat(faults(classes))
        .containsExactlyInAnyOrder(
            bad + ".BY_TYPE is a java/util/Random",
            bad + ".MOMENT is a java/time/Instant",
            bad + " calls java/util/Random.<init> when it is initialised",
            bad + " calls java/lang/System.nanoTime when it is initialised",
            bad + " calls java/util/concurrent/ThreadLocalRandom.current when it is initialised",
            bad + " calls java/util/concurrent/ThreadLocalRandom.nextInt when it is initialised");
  }

  private static void load(Class<?> one, Map<String, ClassModel> into) throws IOException {
    Path at;
    try {
      at = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    if (Files.isDirectory(at)) {
      loadAll(at, into);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(at)) {
        loadAll(jar.getPath("/"), into);
      }
    }
  }

  private static void loadAll(Path root, Map<String, ClassModel> into) throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("io/howdah"))) {
      files
          .filter(file -> file.toString().endsWith(".class"))
          .forEach(
              file -> {
                try {
                  ClassModel model = ClassFile.of().parse(Files.readAllBytes(file));
                  into.put(model.thisClass().asInternalName(), model);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private static Set<String> faults(Map<String, ClassModel> classes) {
    Set<String> faults = new TreeSet<>();
    for (ClassModel each : classes.values()) {
      String name = each.thisClass().asInternalName();
      for (FieldModel field : each.fields()) {
        String type = field.fieldTypeSymbol().descriptorString();
        String plain = type.replaceAll("^\\[*L?|;$", "");
        if (field.flags().has(AccessFlag.STATIC) && TYPES.contains(plain)) {
          faults.add(name + "." + field.fieldName().stringValue() + " is a " + plain);
        }
      }
      for (String call : called(each, classes)) {
        faults.add(name + " calls " + call + " when it is initialised");
      }
    }
    return faults;
  }

  /** The forbidden among the methods that a class's static initialiser calls. */
  private static Set<String> called(ClassModel one, Map<String, ClassModel> classes) {
    Set<String> forbidden = new TreeSet<>();
    Set<MethodModel> seen = new HashSet<>();
    List<MethodModel> open = new ArrayList<>(methods(one, "<clinit>", "()V"));
    while (!open.isEmpty()) {
      MethodModel method = open.removeLast();
      if (!seen.add(method) || method.code().isEmpty()) {
        continue;
      }
      for (CodeElement element : method.code().get()) {
        if (element instanceof InvokeInstruction call) {
          String owner = call.owner().asInternalName();
          String name = call.name().stringValue();
          if (OWNERS.contains(owner) || CALLS.contains(owner + "." + name) || isNow(owner, name)) {
            forbidden.add(owner + "." + name);
          } else if (owner.startsWith(OURS) && classes.containsKey(owner)) {
            open.addAll(methods(classes.get(owner), name, call.type().stringValue()));
          }
        }
      }
    }
    return forbidden;
  }

  private static boolean isNow(String owner, String name) {
    return owner.startsWith("java/time/") && name.equals("now");
  }

  private static List<MethodModel> methods(ClassModel one, String name, String type) {
    return one.methods().stream()
        .filter(
            each ->
                each.methodName().stringValue().equals(name)
                    && each.methodType().stringValue().equals(type))
        .toList();
  }
}
