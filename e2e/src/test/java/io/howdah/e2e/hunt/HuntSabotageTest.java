package io.howdah.e2e.hunt;

import io.howdah.e2e.chaos.Sabotage;
import io.howdah.e2e.chaos.Sabotaged;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The hunt finds something when one of Howdah's checks is switched off on purpose. */
class HuntSabotageTest {
  @ParameterizedTest
  @EnumSource(
      names = {
        "BELIEVES_THE_SETTINGS",
        "BELIEVES_FAILED_SETTINGS",
        "SHARES_NAMES",
        "PINS_NOTHING",
        "ASKS_NOTHING",
        "SHARES_SEQUENCES"
      })
  void isDetected(Sabotage sabotage, @TempDir Path folder)
      throws IOException, InterruptedException {
    Sabotaged.assertDetected(sabotage, SabotagedHunt.class, folder);
  }
}
