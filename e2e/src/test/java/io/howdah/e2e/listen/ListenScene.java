package io.howdah.e2e.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** One Howdah for a class of tests, and two clients for each of them. */
abstract class ListenScene {
  static Howdah howdah;

  Wire listener;
  Wire other;

  @BeforeAll
  static void start() {
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).start();
  }

  @AfterAll
  static void stop() {
    assertThat(howdah.events().pins()).noneSatisfy(pin -> assertThat(pin).contains("LISTEN"));
    howdah.close();
  }

  @BeforeEach
  void connect() throws IOException {
    listener = howdah.wire();
    other = howdah.wire();
  }

  @AfterEach
  void disconnect() throws IOException {
    listener.close();
    other.close();
  }
}
