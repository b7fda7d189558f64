package io.howdah.frontend.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CancellationsTest {
  private static final int HIGHEST_OF_LINUX = 4_194_304;

  @Test
  void noProcessHasTheIdThatAClientIsGiven() {
    Random random = new Random(1);
    assertThat(IntStream.range(0, 20_000).map(_ -> Cancellations.processId(random)))
        .allMatch(id -> id > HIGHEST_OF_LINUX);
  }
}
