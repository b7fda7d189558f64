package io.howdah.e2e;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** At every depth: packages are read from the ground up, in tests too. */
class NoCirclesTest {
  @Test
  void noPackagesUseEachOther() {
    JavaClasses classes = new ClassFileImporter().importPackages("io.howdah.e2e");
    assertThat(classes).isNotEmpty();
    slices().matching("io.howdah.(**)").should().beFreeOfCycles().check(classes);
  }
}
