package io.howdah;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.howdah.backend.transport.Transport;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows between packages that may never exist. */
class ArchitectureTest {
  private static final JavaClasses PROXY =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.howdah");

  /** Without this, a rule about a package that was renamed would hold for ever. */
  @Test
  void theRulesSpeakOfPackagesThatAreThere() {
    Set<String> packages = new TreeSet<>();
    PROXY.forEach(c -> packages.add(c.getPackageName()));
    assertThat(packages)
        .contains(
            "io.howdah",
            "io.howdah.admin",
            "io.howdah.auth",
            "io.howdah.backend.connection",
            "io.howdah.config",
            "io.howdah.error",
            "io.howdah.frontend",
            "io.howdah.pool",
            "io.howdah.route",
            "io.howdah.telemetry",
            "io.howdah.topology",
            "io.howdah.wire");
  }

  @Test
  void onlyNettyAndTheJdk() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("io.howdah..", "io.netty..", "java..", "javax.."))
        .check(PROXY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.quarkus..",
        "jakarta..",
        "javax.inject..",
        "io.smallrye..",
        "io.micrometer..",
        "io.vertx.."
      })
  void theApplicationIsAroundTheProxyNotInIt(String foreign) {
    noClasses().should().dependOnClassesThat().resideInAPackage(foreign).check(PROXY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"error", "config", "topology", "route", "pool"})
  void pureWithoutNetty(String name) {
    noClasses()
        .that()
        .resideInAPackage("io.howdah." + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(PROXY);
  }

  @Test
  void wireKnowsOnlyErrorsOfOurs() {
    classes()
        .that()
        .resideInAPackage("io.howdah.wire..")
        .should()
        .onlyDependOnClassesThat(
            DescribedPredicate.not(resideInAPackage("io.howdah.."))
                .or(resideInAnyPackage("io.howdah.wire..", "io.howdah.error..")))
        .check(PROXY);
  }

  @Test
  void errorsKnowNothingOfOurs() {
    classes()
        .that()
        .resideInAPackage("io.howdah.error..")
        .should()
        .onlyDependOnClassesThat(
            DescribedPredicate.not(resideInAPackage("io.howdah.."))
                .or(resideInAPackage("io.howdah.error..")))
        .check(PROXY);
  }

  @ParameterizedTest
  @CsvSource({"backend, frontend", "admin, frontend", "admin, backend"})
  void neverTheOtherWayRound(String from, String to) {
    noClasses()
        .that()
        .resideInAPackage("io.howdah." + from + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.howdah." + to + "..")
        .check(PROXY);
  }

  @Test
  void nobodyKnowsTheAssembly() {
    noClasses()
        .that()
        .resideInAPackage("io.howdah.*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.howdah")
        .check(PROXY);
  }

  @Test
  void noCycles() {
    slices().matching("io.howdah.(*)..").should().beFreeOfCycles().check(PROXY);
  }

  @Test
  void onlyTransportNamesATransport() {
    DescribedPredicate<JavaClass> isTransport =
        type(Transport.class)
            .or(
                DescribedPredicate.describe(
                    "is nested in Transport",
                    c -> c.getName().startsWith(Transport.class.getName() + "$")));
    noClasses()
        .that(DescribedPredicate.not(isTransport))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "io.netty.channel.epoll..",
                "io.netty.channel.nio..",
                "io.netty.channel.socket.nio..",
                "io.netty.channel.kqueue..",
                "io.netty.channel.uring.."))
        .check(PROXY);
  }

  @Test
  void whatHappensIsToldToTelemetryNotPrintedOrLogged() {
    Stream.of(
            GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS,
            GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING)
        .forEach(rule -> rule.check(PROXY));
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.netty.util.internal.logging..", "org.slf4j..", "java.util.logging..")
        .check(PROXY);
  }
}
