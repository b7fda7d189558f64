package io.howdah;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rooms of the three large packages: a room uses only rooms of lower floors, and from without
 * only those are used that are open.
 */
class RoomsTest {
  /** Every room with its floor, from the ground up. {@code .} is the package itself. */
  private static final Map<String, Map<String, Integer>> FLOORS =
      Map.of(
          "route",
          floors("lexer", "fact", "function replica", "classify", "body", "."),
          "backend",
          floors(
              "transport settings ledger",
              "login statement",
              "connection fleet probe",
              "listen wal catalog replication",
              "pools"),
          "frontend",
          floors(
              "startup settings prepared",
              "session",
              "cancel parameter listen routing",
              "effect",
              "naming retry",
              "lease",
              "request",
              "."));

  /** The rooms that are used from without, and by which packages of the top level. */
  private static final Map<String, Map<String, Set<String>>> OPEN =
      Map.of(
          "route",
          Map.of(
              ".", Set.of("frontend"),
              "body", Set.of("backend"),
              "classify", Set.of("frontend"),
              "fact", Set.of("backend", "frontend"),
              "function", Set.of("backend", "frontend"),
              "lexer", Set.of("backend", "frontend"),
              "replica", Set.of("backend", "frontend")),
          "backend",
          Map.ofEntries(
              Map.entry("catalog", Set.of("frontend")),
              Map.entry("connection", Set.of("frontend")),
              Map.entry("fleet", Set.of("Proxy", "frontend")),
              Map.entry("ledger", Set.of("frontend")),
              Map.entry("listen", Set.of("Proxy", "frontend")),
              Map.entry("login", Set.of("Proxy", "frontend")),
              Map.entry("pools", Set.of("Proxy", "frontend")),
              Map.entry("probe", Set.of("Proxy")),
              Map.entry("replication", Set.of("frontend")),
              Map.entry("settings", Set.of("frontend")),
              Map.entry("statement", Set.of("frontend")),
              Map.entry("transport", Set.of("Proxy", "frontend")),
              Map.entry("wal", Set.of("frontend"))),
          "frontend",
          Map.of(".", Set.of("Proxy")));

  private static final JavaClasses PROXY =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.howdah");

  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
          .importPackages("io.howdah");

  private static Map<String, Integer> floors(String... fromTheGroundUp) {
    Map<String, Integer> floors = new HashMap<>();
    for (int i = 0; i < fromTheGroundUp.length; i++) {
      for (String room : fromTheGroundUp[i].split(" ")) {
        floors.put(room, i + 1);
      }
    }
    return floors;
  }

  /** The room of a class within a package of the top level; null where it is in another. */
  private static String room(JavaClass c, String top) {
    String root = "io.howdah." + top;
    String name = c.getPackageName();
    return name.equals(root)
        ? "."
        : name.startsWith(root + ".") ? name.substring(root.length() + 1) : null;
  }

  private static Set<String> rooms(String top) {
    return PROXY.stream()
        .filter(each -> !each.getSimpleName().equals("package-info"))
        .map(each -> room(each, top))
        .filter(each -> each != null)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A new room is given its floor here, and one that is gone leaves no rule behind. */
  @ParameterizedTest
  @ValueSource(strings = {"route", "backend", "frontend"})
  void everyRoomHasItsFloor(String top) {
    assertThat(rooms(top)).isEqualTo(new TreeSet<>(FLOORS.get(top).keySet()));
  }

  /** So that who reads a room need only know those below it. */
  @ParameterizedTest
  @ValueSource(strings = {"route", "backend", "frontend"})
  void noRoomUsesOneOfItsOwnFloorOrAbove(String top) {
    Map<String, Integer> floors = FLOORS.get(top);
    Set<String> wrong = new TreeSet<>();
    forEachUse(
        PROXY,
        (use, from) -> {
          String here = room(from, top);
          String there = room(use.getTargetClass().getBaseComponentType(), top);
          if (here != null
              && there != null
              && !here.equals(there)
              && floors.get(there) >= floors.get(here)) {
            wrong.add(here + " → " + there + ": " + use.getDescription());
          }
        });
    assertThat(wrong).isEmpty();
  }

  /** At every depth: one package in another is a package of its own. */
  @Test
  void noPackagesUseEachOther() {
    slices().matching("io.howdah.(**)").should().beFreeOfCycles().check(PROXY);
  }

  /** What tests share is read from the ground up too. */
  @Test
  void noPackagesOfFixturesUseEachOther() {
    slices().matching("io.howdah.(**)").should().beFreeOfCycles().check(TESTS);
  }

  /** What is public only for the rooms beside it is no more public than that. */
  @ParameterizedTest
  @ValueSource(strings = {"route", "backend", "frontend"})
  void fromWithoutOnlyOpenRoomsAreUsed(String top) {
    Map<String, Set<String>> used = new TreeMap<>();
    forEachUse(
        PROXY,
        (use, from) -> {
          String there = room(use.getTargetClass().getBaseComponentType(), top);
          if (room(from, top) == null && there != null) {
            used.computeIfAbsent(there, _ -> new TreeSet<>()).add(top(from));
          }
        });
    assertThat(used).isEqualTo(OPEN.get(top));
  }

  private static String top(JavaClass c) {
    String[] parts = c.getPackageName().split("\\.");
    return parts.length > 2 ? parts[2] : "Proxy";
  }

  private static void forEachUse(
      Collection<JavaClass> classes, BiConsumer<Dependency, JavaClass> with) {
    for (JavaClass each : classes) {
      for (Dependency use : each.getDirectDependenciesFromSelf()) {
        with.accept(use, each);
      }
    }
  }
}
