package io.howdah.e2e.conversation;

import io.howdah.e2e.chaos.Sabotage;
import io.howdah.e2e.chaos.Sabotaged;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random conversations differ when one of Howdah's checks is switched off on purpose. */
class ConversationSabotageTest {
  @ParameterizedTest
  @EnumSource(names = {"VOIDS_NOTHING", "BELIEVES_A_FAILED_PARSE"})
  void isDetected(Sabotage sabotage, @TempDir Path folder)
      throws IOException, InterruptedException {
    Sabotaged.assertDetected(sabotage, SabotagedTalk.class, folder);
  }
}
