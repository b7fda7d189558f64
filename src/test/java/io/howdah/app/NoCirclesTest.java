package io.howdah.app;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** At every depth, in the application and in its tests: packages are read from the ground up. */
class NoCirclesTest {
  @ParameterizedTest
  @ValueSource(strings = {"target/classes", "target/test-classes"})
  void noPackagesUseEachOther(String folder) {
    JavaClasses classes = new ClassFileImporter().importPath(Path.of(folder));
    assertThat(classes).isNotEmpty();
    slices().matching("io.howdah.(**)").should().beFreeOfCycles().check(classes);
  }
}
