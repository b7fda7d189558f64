package io.howdah.frontend.startup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What means the same to the server is spelled the same. */
class StartOnlyValueTest {
  @ParameterizedTest
  @CsvSource({
    "post_auth_delay, 0, 0",
    "post_auth_delay, 00, 0",
    "post_auth_delay, 0x0, 0",
    "post_auth_delay, ' 0 ms', 0",
    "post_auth_delay, 010, 8",
    "post_auth_delay, 0x1F, 31",
    "post_auth_delay, 2min, 120",
    "post_auth_delay, 120000ms, 120",
    "post_auth_delay, 1.0, 1",
    "post_auth_delay, 08, 08",
    "post_auth_delay, soon, soon",
    "post_auth_delay, 99999999999999999999, 99999999999999999999",
    "log_disconnections, TRUE, on",
    "log_disconnections, t, on",
    "log_disconnections, 1, on",
    "log_disconnections, of, off",
    "log_disconnections, n, off",
    "log_disconnections, o, o",
    "log_disconnections, maybe, maybe",
    "ignore_system_indexes, Yes, on",
    "log_connections, Receipt, receipt",
    "session_preload_libraries, 'a , b', 'a,b'",
    "seed, 0.5, 0",
    "seed, -1e-3, 0",
    "seed, 2, 2",
    "seed, x, x",
    "transaction_isolation, SERIALIZABLE, serializable",
    "transaction_read_only, on, on",
  })
  void oneSpelling(String name, String value, String canonical) {
    assertThat(StartOnlyValue.canonical(name, value)).isEqualTo(canonical);
  }
}
